import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // No time limits inside tests: a slow machine is not a failure.
    testTimeout: 0,
    hookTimeout: 0,
    globalSetup: ["scripts/vitest-generate.ts"],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["tests/**/*.test.ts"], exclude: ["tests/packaging/**"] },
      },
      {
        extends: true,
        test: {
          name: "packaging",
          include: ["tests/packaging/**/*.test.ts"],
          globalSetup: ["scripts/vitest-build.ts"],
        },
      },
    ],
  },
});
