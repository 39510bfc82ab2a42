import { createHash } from "node:crypto";
import * as mupdf from "mupdf";

const document = new mupdf.PDFDocument();
const font = document.addSimpleFont(new mupdf.Font("Times-Roman"));
const resources = document.addObject({ Font: { F1: font } });
const page = document.addPage(
  [0, 0, 100, 60],
  0,
  resources,
  "BT /F1 14 Tf 10 30 Td (Hello, world) Tj ET 0.5 g 20 5 30 10 re f",
);
document.insertPage(-1, page);
const loaded = document.loadPage(0);
const pixels = loaded.toPixmap(mupdf.Matrix.scale(1, 1), mupdf.ColorSpace.DeviceRGB);
console.log(pixels.getWidth(), createHash("sha256").update(pixels.getPixels()).digest("hex"));
console.log(loaded.toStructuredText().asText(), document.countPages());
try {
  mupdf.Document.openDocument(new Uint8Array([1, 2, 3]), "application/pdf");
} catch (error) {
  console.log(error.message);
}
