// Looks for a code in one picture after another, beside the page. Loaded after zxing_reader.js; WASM is its other half.
"use strict";

const FORMATS = ["QRCode", "MicroQRCode", "Aztec", "DataMatrix", "PDF417", "Code128", "Code39", "EAN13", "EAN8", "UPCA"];

ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => WASM } });

addEventListener("message", async ({ data }) => {
    try {
        const [found] = await ZXingWASM.readBarcodes(data, { formats: FORMATS, maxNumberOfSymbols: 1 });
        postMessage({ text: found?.text || "" });
    } catch (error) {
        postMessage({ broken: String(error) });
    }
});
