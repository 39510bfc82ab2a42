import RAPIER from "@dimforge/rapier3d-compat";

await RAPIER.init();
const world = new RAPIER.World({ x: 0, y: -9.81, z: 0 });
world.createCollider(RAPIER.ColliderDesc.cuboid(10, 0.1, 10));
const bodies = Array.from({ length: 8 }, (_, i) => {
  const body = world.createRigidBody(RAPIER.RigidBodyDesc.dynamic().setTranslation(i * 0.3, 1 + i * 1.1, 0));
  world.createCollider(RAPIER.ColliderDesc.ball(0.5).setRestitution(0.7), body);
  return body;
});
for (let i = 0; i < 60; i++) world.step();
for (const body of bodies) console.log(JSON.stringify([body.translation(), body.rotation()]));
console.log(world.takeSnapshot().length, RAPIER.version());
