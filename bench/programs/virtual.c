// A mix of virtual calls, as of an object-oriented program: `n` times, three messages to each of 1000 objects of five
// classes; the table holds functions of three types.
#include "freestanding.h"

#define OBJECTS 1000

typedef struct Object Object;

typedef struct {
  double (*area)(const Object *);
  void (*grow)(Object *, uint32_t);
  uint32_t (*describe)(const Object *);
} Class;

struct Object {
  const Class *class;
  double width, height;
  uint32_t steps;
};

static double rectangleArea(const Object *o) { return o->width * o->height; }
static double triangleArea(const Object *o) { return o->width * o->height * 0.5; }
static double ellipseArea(const Object *o) { return o->width * o->height * 0.78539816339744830962; }
static double lineArea(const Object *o) { return o->width - o->width; }

static void growBoth(Object *o, uint32_t by) {
  o->width += by;
  o->height += by;
  o->steps++;
}
static void growWidth(Object *o, uint32_t by) {
  o->width += 2.0 * by;
  o->steps++;
}
static void wrap(Object *o, uint32_t by) {
  o->width = o->width > 500.0 ? 1.0 : o->width + by;
  o->height = o->height > 300.0 ? 2.0 : o->height + by;
}

static uint32_t steps(const Object *o) { return o->steps; }
static uint32_t shape(const Object *o) { return (uint32_t)(o->width < o->height) + 2 * (o->steps & 7); }
// Calls a virtual function in turn.
static uint32_t roundedArea(const Object *o) { return (uint32_t)(int32_t)(o->class->area(o) * 0.125) & 0xffff; }

static const Class classes[] = {
    {rectangleArea, growBoth, steps}, {triangleArea, wrap, roundedArea}, {ellipseArea, wrap, shape},
    {lineArea, growWidth, shape},     {rectangleArea, wrap, roundedArea},
};

static Object objects[OBJECTS];

EXPORT(run) int64_t run(int32_t n) {
  uint32_t seed = 123456789u;
  for (int i = 0; i < OBJECTS; i++) {
    objects[i].class = &classes[random32(&seed) % 5];
    objects[i].width = random32(&seed) % 100;
    objects[i].height = random32(&seed) % 100;
    objects[i].steps = 0;
  }
  uint64_t checksum = 0;
  double total = 0;
  for (int32_t round = 0; round < n; round++) {
    for (int i = 0; i < OBJECTS; i++) {
      Object *o = &objects[i];
      o->class->grow(o, 1 + (uint32_t)(round & 3));
      total += o->class->area(o);
      checksum += o->class->describe(o);
    }
    checksum = fold(checksum, bitsOf(total));
  }
  return (int64_t)checksum;
}
