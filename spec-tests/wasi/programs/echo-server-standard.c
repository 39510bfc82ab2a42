/* The echo server with the standard's functions. */
#define STANDARD
#include "echo-server.c"
