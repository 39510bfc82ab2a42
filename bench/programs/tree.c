// Allocation and pointers: `n` thousand insertions, look-ups and removals in a treap whose nodes have payloads of several
// sizes, over an allocator of our own with a free list for each size.
#include "freestanding.h"

#define HEAP_SIZE (4 << 20)
#define SIZE_CLASSES 16
#define KEYS 16384

typedef struct FreeBlock {
  struct FreeBlock *next;
} FreeBlock;

static _Alignas(16) uint8_t heap[HEAP_SIZE];
static size_t heapTop;
static FreeBlock *freeBlocks[SIZE_CLASSES];

static NOINLINE void *allocate(size_t size) {
  size_t class = (size + 15) / 16;
  FreeBlock *block = freeBlocks[class];
  if (block != NULL) {
    freeBlocks[class] = block->next;
    return block;
  }
  if (heapTop + class * 16 > HEAP_SIZE) __builtin_trap();
  void *result = heap + heapTop;
  heapTop += class * 16;
  return result;
}

static NOINLINE void release(void *pointer, size_t size) {
  size_t class = (size + 15) / 16;
  FreeBlock *block = pointer;
  block->next = freeBlocks[class];
  freeBlocks[class] = block;
}

typedef struct Node {
  struct Node *left, *right;
  uint32_t key, priority;
  uint32_t length;
  uint32_t payload[];
} Node;

static Node *root;
static uint32_t seed;

static size_t sizeOfNode(uint32_t length) { return sizeof(Node) + length * sizeof(uint32_t); }

static Node *merge(Node *low, Node *high) {
  if (low == NULL) return high;
  if (high == NULL) return low;
  if (low->priority > high->priority) {
    low->right = merge(low->right, high);
    return low;
  }
  high->left = merge(low, high->left);
  return high;
}

static void split(Node *node, uint32_t key, Node **low, Node **high) {
  if (node == NULL) {
    *low = *high = NULL;
  } else if (node->key < key) {
    *low = node;
    split(node->right, key, &node->right, high);
  } else {
    *high = node;
    split(node->left, key, low, &node->left);
  }
}

static Node *find(uint32_t key) {
  Node *node = root;
  while (node != NULL && node->key != key) node = key < node->key ? node->left : node->right;
  return node;
}

static void insert(uint32_t key) {
  uint32_t length = random32(&seed) % 24;
  Node *node = allocate(sizeOfNode(length));
  node->left = node->right = NULL;
  node->key = key;
  node->priority = random32(&seed);
  node->length = length;
  for (uint32_t i = 0; i < length; i++) node->payload[i] = key + i;
  Node *low, *high;
  split(root, key, &low, &high);
  root = merge(merge(low, node), high);
}

static void removeNode(uint32_t key) {
  Node **link = &root;
  while ((*link)->key != key) link = key < (*link)->key ? &(*link)->left : &(*link)->right;
  Node *node = *link;
  *link = merge(node->left, node->right);
  release(node, sizeOfNode(node->length));
}

static void clear(void) {
  root = NULL;
  heapTop = 0;
  for (int i = 0; i < SIZE_CLASSES; i++) freeBlocks[i] = NULL;
}

EXPORT(run) int64_t run(int32_t n) {
  clear();
  seed = 521288629u;
  uint64_t checksum = 0;
  for (int32_t round = 0; round < n * 1000; round++) {
    uint32_t key = random32(&seed) % KEYS;
    Node *node = find(key);
    if (node == NULL) {
      insert(key);
    } else {
      for (uint32_t i = 0; i < node->length; i++) checksum += node->payload[i];
      checksum = fold(checksum, node->length);
      removeNode(key);
    }
  }
  return (int64_t)checksum;
}
