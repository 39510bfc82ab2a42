import Yoga, { Align, Edge, FlexDirection, Justify, MeasureMode, Wrap } from "yoga-layout";

const root = Yoga.Node.create();
root.setFlexDirection(FlexDirection.Row);
root.setJustifyContent(Justify.SpaceBetween);
root.setFlexWrap(Wrap.Wrap);
root.setWidth(300);
const children = [40, 90, "50%", 120].map((width, i) => {
  const node = Yoga.Node.create();
  node.setWidth(width);
  node.setHeight(20 + i * 3.5);
  node.setMargin(Edge.All, i);
  root.insertChild(node, i);
  return node;
});
const measured = Yoga.Node.create();
measured.setAlignSelf(Align.FlexStart);
measured.setMeasureFunc((width, mode) => ({ width: mode === MeasureMode.Undefined ? 10 : width / 3, height: 12.25 }));
root.insertChild(measured, 4);
root.calculateLayout(undefined, undefined);
for (const node of [root, ...children, measured]) console.log(JSON.stringify(node.getComputedLayout()));
root.freeRecursive();
