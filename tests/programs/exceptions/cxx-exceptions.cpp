/*
 * The part of the C++ ABI that throws and catches over WebAssembly exceptions: https://itanium-cxx-abi.github.io/cxx-abi/abi-eh.html
 * Compilers leave it to libc++abi, which distributions build without exceptions for WebAssembly.
 *
 * Left out: exception specifications, foreign exceptions, threads, inheritance from more than one base or a virtual one.
 */
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <typeinfo>

/* The tag, under which the address of an exception's header is thrown; its number for __builtin_wasm_throw is 0. */
__asm__(
    ".globl __cpp_exception\n"
    ".tagtype __cpp_exception i32\n"
    "__cpp_exception:\n");

/* How the type_info of a class with one base begins its virtual table. */
extern "C" const void *const vtable_of_single_base[] __asm__("_ZTVN10__cxxabiv120__si_class_type_infoE");

namespace {

struct Exception {
  const std::type_info *type;
  /* On WebAssembly a destructor returns its argument. */
  void *(*destroy)(void *);
  Exception *next_caught;
  int handlers;
  bool thrown_again;
  /* Where the thrown object begins, for the clause that catches it. */
  void *object;
};

Exception *caught;

Exception *header_of(void *object) { return static_cast<Exception *>(object) - 1; }

struct SingleBase {
  const void *vtable;
  const char *name;
  const std::type_info *base;
};

/* Whether an object of type `type` is caught by a clause for `wanted`. */
bool catches(const std::type_info *wanted, const std::type_info *type) {
  while (*wanted != *type) {
    const auto *derived = reinterpret_cast<const SingleBase *>(type);
    if (derived->vtable != vtable_of_single_base + 2) return false;
    type = derived->base;
  }
  return true;
}

uintptr_t read_uleb(const uint8_t *&at) {
  uintptr_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t byte = *at++;
    value |= static_cast<uintptr_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

intptr_t read_sleb(const uint8_t *&at) {
  uintptr_t value = 0;
  unsigned shift = 0;
  uint8_t byte;
  do {
    byte = *at++;
    value |= static_cast<uintptr_t>(byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80);
  if ((byte & 0x40) != 0 && shift < 32) value |= ~static_cast<uintptr_t>(0) << shift;
  return static_cast<intptr_t>(value);
}

constexpr uint8_t omitted = 0xff;

/* What the landing pad `pad` does with the exception: the number of the clause that catches it, 0 for none. */
int clause_for(const uint8_t *at, uintptr_t pad, const Exception &exception) {
  if (*at++ != omitted) abort();
  if (*at++ == omitted) return 0;
  uintptr_t to_types = read_uleb(at);
  const auto *types = reinterpret_cast<const std::type_info *const *>(at + to_types);
  at++;
  uintptr_t sites_size = read_uleb(at);
  const uint8_t *actions = at + sites_size;
  uintptr_t action = 0;
  for (uintptr_t i = 0; i <= pad; i++) {
    read_uleb(at);
    action = read_uleb(at);
  }
  if (action == 0) return 0;
  for (at = actions + action - 1;;) {
    intptr_t clause = read_sleb(at);
    if (clause < 0) abort();
    if (clause > 0) {
      const std::type_info *wanted = types[-clause];
      if (wanted == nullptr || catches(wanted, exception.type)) return static_cast<int>(clause);
    }
    const uint8_t *next = at;
    intptr_t distance = read_sleb(at);
    if (distance == 0) return 0;
    at = next + distance;
  }
}

void throw_it(Exception *exception) { __builtin_wasm_throw(0, exception); }

}  // namespace

extern "C" {

/* Through this the compiled code asks, and gets the answer. */
struct {
  uintptr_t pad;
  const uint8_t *tables;
  uintptr_t clause;
} __wasm_lpad_context;

int _Unwind_CallPersonality(void *exception) {
  __wasm_lpad_context.clause =
      clause_for(__wasm_lpad_context.tables, __wasm_lpad_context.pad, *static_cast<Exception *>(exception));
  return 0;
}

/* Named in the compiled code and never called by it. */
void __gxx_wasm_personality_v0() {}

void *__cxa_allocate_exception(size_t size) throw() {
  auto *exception = static_cast<Exception *>(calloc(1, sizeof(Exception) + size));
  if (exception == nullptr) abort();
  return exception + 1;
}

void __cxa_free_exception(void *object) throw() { free(header_of(object)); }

void __cxa_throw(void *object, std::type_info *type, void *(*destroy)(void *)) {
  Exception *exception = header_of(object);
  exception->type = type;
  exception->destroy = destroy;
  exception->object = object;
  throw_it(exception);
  abort();
}

void *__cxa_begin_catch(void *thrown) throw() {
  auto *exception = static_cast<Exception *>(thrown);
  if (exception->handlers++ == 0) {
    exception->next_caught = caught;
    caught = exception;
  }
  exception->thrown_again = false;
  return exception->object;
}

void *__cxa_get_exception_ptr(void *thrown) throw() { return static_cast<Exception *>(thrown)->object; }

void __cxa_end_catch() {
  Exception *exception = caught;
  if (--exception->handlers > 0) return;
  caught = exception->next_caught;
  if (exception->thrown_again) return;
  if (exception->destroy != nullptr) exception->destroy(exception->object);
  __cxa_free_exception(exception->object);
}

void __cxa_rethrow() {
  if (caught == nullptr) std::terminate();
  caught->thrown_again = true;
  throw_it(caught);
  abort();
}

}
