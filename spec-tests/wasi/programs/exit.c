/* Ends itself as its first argument says: `exit CODE`, `raise SIGNAL`, `return CODE`. What follows the end is never reached. */
#include <stdlib.h>

#include "check.h"

int main(int count, char **arguments) {
  if (count != 3) return 99;
  u32 number = (u32)atoi(arguments[2]);
  print("before\n");
  flush();
  if (strcmp(arguments[1], "return") == 0) return (int)number;
  if (strcmp(arguments[1], "raise") == 0) proc_raise(number);
  else proc_exit(number);
  print("after\n");
  flush();
  return 98;
}
