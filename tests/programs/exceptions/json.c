/*
 * Reads JSON documents from standard input, one a line, and prints each in its shortest form, or what is wrong with it and where.
 * Errors go by longjmp: from the depth of the parser to the container that holds the value, which adds its part of the path and
 * jumps on, up to the line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "setjmp.h"

enum { LINE = 4096, DEPTH = 200, PATH = 512 };

static const char *text;
static const char *at;
static char output[LINE * 8];
static size_t written;
static char path[PATH];
static const char *message;
static jmp_buf *handler;
static int depth;

static _Noreturn void fail(const char *what) {
  message = what;
  path[0] = 0;
  longjmp(*handler, 1);
}

static void put(char c) {
  if (written + 1 >= sizeof output) fail("too long");
  output[written++] = c;
}

static void skip_blanks(void) {
  while (*at == ' ' || *at == '\t' || *at == '\r') at++;
}

static void expect(char c) {
  if (*at != c) fail(c == ':' ? "expected :" : "expected a quote");
  put(*at++);
}

static void digits(void) {
  if (*at < '0' || *at > '9') fail("expected a digit");
  while (*at >= '0' && *at <= '9') put(*at++);
}

static void number(void) {
  if (*at == '-') put(*at++);
  if (*at == '0') put(*at++);
  else digits();
  if (*at == '.') {
    put(*at++);
    digits();
  }
  if (*at == 'e' || *at == 'E') {
    put('e');
    at++;
    if (*at == '+' || *at == '-') put(*at++);
    digits();
  }
}

static void string(void) {
  expect('"');
  while (*at != '"') {
    if ((unsigned char)*at < 0x20) fail("unterminated string");
    if (*at == '\\') {
      put(*at++);
      if (*at == 0 || strchr("\"\\/bfnrtu", *at) == NULL) fail("unknown escape");
    }
    put(*at++);
  }
  expect('"');
}

static void word(const char *expected) {
  size_t length = strlen(expected);
  if (strncmp(at, expected, length) != 0) fail("unknown word");
  for (size_t i = 0; i < length; i++) put(*at++);
}

static void value(void);

/* Parses a value inside of a container: an error there gets `step` in front of its path, and goes on outwards. */
static void inner_value(const char *step) {
  jmp_buf here;
  jmp_buf *outer = handler;
  int code = setjmp(here);
  if (code != 0) {
    char longer[PATH];
    snprintf(longer, sizeof longer, "%s%s", step, path);
    strcpy(path, longer);
    handler = outer;
    longjmp(*handler, code + 1);
  }
  handler = &here;
  value();
  handler = outer;
}

static void array(void) {
  put(*at++);
  skip_blanks();
  for (int i = 0; *at != ']'; i++) {
    char step[16];
    snprintf(step, sizeof step, "[%d]", i);
    inner_value(step);
    skip_blanks();
    if (*at == ',') {
      put(*at++);
      skip_blanks();
      if (*at == ']') fail("expected a value");
    } else if (*at != ']') fail("expected , or ]");
  }
  put(*at++);
}

static void object(void) {
  put(*at++);
  skip_blanks();
  while (*at != '}') {
    const char *key = at;
    string();
    char step[64];
    snprintf(step, sizeof step, ".%.*s", (int)(at - key) - 2 < 60 ? (int)(at - key) - 2 : 60, key + 1);
    skip_blanks();
    expect(':');
    inner_value(step);
    skip_blanks();
    if (*at == ',') {
      put(*at++);
      skip_blanks();
      if (*at == '}') fail("expected a name");
    } else if (*at != '}') fail("expected , or }");
  }
  put(*at++);
}

static void value(void) {
  if (++depth > DEPTH) fail("nested too deeply");
  skip_blanks();
  switch (*at) {
    case '{': object(); break;
    case '[': array(); break;
    case '"': string(); break;
    case 't': word("true"); break;
    case 'f': word("false"); break;
    case 'n': word("null"); break;
    case 0: fail("expected a value");
    default: number();
  }
  depth--;
}

int main(void) {
  static char line[LINE];
  volatile int good = 0;
  volatile int bad = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = 0;
    jmp_buf here;
    handler = &here;
    text = at = line;
    written = 0;
    depth = 0;
    int steps = setjmp(here);
    if (steps == 0) {
      value();
      skip_blanks();
      if (*at != 0) fail("unexpected text");
      output[written] = 0;
      printf("%s\n", output);
      good++;
    } else {
      printf("error at column %d%s%s: %s (%d jumps)\n", (int)(at - text) + 1, path[0] ? " in " : "", path, message, steps);
      bad++;
    }
  }
  printf("%d good, %d bad\n", good, bad);
  return bad > 0 ? 1 : 0;
}
