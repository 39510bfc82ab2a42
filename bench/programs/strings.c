// Bytes and hash tables: `n` times, a text of 16 KiB is composed of syllables, cut into words, brought to lower case, and the
// words counted; the most frequent ones are searched for in the text, and numbers are printed and read back.
#include "freestanding.h"

#define TEXT_SIZE 16384
#define TABLE_SIZE 1024
#define WORD_SIZE 24

typedef struct {
  char text[WORD_SIZE];
  uint32_t length, count;
} Word;

static char text[TEXT_SIZE + 1];
static Word words[TABLE_SIZE];

static NOINLINE uint32_t lengthOf(const char *string) {
  const char *end = string;
  while (*end != 0) end++;
  return (uint32_t)(end - string);
}

static NOINLINE int isEqual(const char *a, const char *b, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) {
    if (a[i] != b[i]) return 0;
  }
  return 1;
}

static uint32_t printNumber(char *to, uint32_t number) {
  char digits[10];
  uint32_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  for (uint32_t i = 0; i < count; i++) to[i] = digits[count - 1 - i];
  return count;
}

static void compose(uint32_t *seed) {
  static const char *const syllables[] = {"an", "Ba", "cor", "de", "el", "fi", "gra", "ho", "im", "Jo", "ka", "lu"};
  uint32_t length = 0;
  while (length + 3 * WORD_SIZE < TEXT_SIZE) {
    uint32_t random = random32(seed);
    if (random % 16 == 0) {
      length += printNumber(text + length, random >> 8);
    } else {
      for (uint32_t count = 1 + random / 16 % 3; count > 0; count--) {
        random /= 13;
        const char *syllable = syllables[random % 12];
        for (uint32_t i = 0, size = lengthOf(syllable); i < size; i++) text[length++] = syllable[i];
      }
    }
    text[length++] = random % 7 == 0 ? '\n' : ' ';
  }
  text[length] = 0;
}

static void countWord(const char *start, uint32_t length) {
  char lower[WORD_SIZE];
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < length; i++) {
    char c = start[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c + ('a' - 'A'));
    lower[i] = c;
    hash = (hash ^ (uint8_t)c) * 16777619u;
  }
  uint32_t place = hash % TABLE_SIZE;
  while (words[place].count != 0 && !(words[place].length == length && isEqual(words[place].text, lower, length))) {
    place = (place + 1) % TABLE_SIZE;
  }
  Word *word = &words[place];
  for (uint32_t i = 0; i < length; i++) word->text[i] = lower[i];
  word->length = length;
  word->count++;
}

// Returns the sum of all numbers in the text.
static uint64_t cut(void) {
  uint64_t sum = 0;
  const char *at = text;
  while (*at != 0) {
    const char *start = at;
    if (*at >= '0' && *at <= '9') {
      uint32_t number = 0;
      for (; *at >= '0' && *at <= '9'; at++) number = number * 10 + (uint32_t)(*at - '0');
      sum += number;
    } else {
      while (*at != 0 && *at != ' ' && *at != '\n') at++;
      countWord(start, (uint32_t)(at - start));
    }
    while (*at == ' ' || *at == '\n') at++;
  }
  return sum;
}

static uint32_t occurrences(const char *needle, uint32_t length) {
  uint32_t count = 0;
  uint32_t end = lengthOf(text);
  for (uint32_t i = 0; i + length <= end; i++) {
    if (text[i] == needle[0] && isEqual(text + i, needle, length)) count++;
  }
  return count;
}

EXPORT(run) int64_t run(int32_t n) {
  uint32_t seed = 1812433253u;
  uint64_t checksum = 0;
  for (int32_t round = 0; round < n; round++) {
    for (int i = 0; i < TABLE_SIZE; i++) words[i].count = 0;
    compose(&seed);
    checksum = fold(checksum, cut());
    for (int i = 0; i < TABLE_SIZE; i++) {
      if (words[i].count == 0) continue;
      checksum = fold(checksum, words[i].count);
      if (words[i].count >= 16) checksum = fold(checksum, occurrences(words[i].text, words[i].length));
    }
  }
  return (int64_t)checksum;
}
