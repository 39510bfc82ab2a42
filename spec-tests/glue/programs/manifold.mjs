import Module from "manifold-3d";

const { setup, Manifold, CrossSection } = await Module();
Module.setup?.();
const api = await Module();
api.setup();
const cube = api.Manifold.cube([10, 10, 10], true);
const sphere = api.Manifold.sphere(6.5, 32);
const part = cube.subtract(sphere).rotate([10, 20, 30]);
console.log(part.volume(), part.surfaceArea(), part.genus(), part.numTri(), JSON.stringify(part.boundingBox()));
console.log(typeof setup, typeof Manifold, typeof CrossSection);
const warped = api.Manifold.cylinder(5, 2, 1, 24).warp((vertex) => {
  vertex[0] += vertex[2] * 0.5;
});
console.log(warped.volume(), warped.getMesh().vertProperties.length);
