// Reads a card with the tablet's camera: what it says goes into the field as if a scanner had typed it.

const WIDTH = 800; // pixels; a card held before the camera needs no more
const BETWEEN = 80; // milliseconds

const element = (name, properties = {}) => Object.assign(document.createElement(name), properties);

// Why the camera does not show anything, in the words that the button brings.
const reason = (error, { refused, missing, broken }) => {
    if (["NotAllowedError", "SecurityError"].includes(error.name)) return refused;
    return ["NotFoundError", "OverconstrainedError"].includes(error.name) ? missing : broken;
};

const picture = (video, canvas) => {
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round(canvas.width * video.videoHeight / video.videoWidth);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
};

export const scan = (button, found) => {
    const words = button.dataset, dialog = element("dialog", { className: "camera" });
    const title = element("h2", { textContent: words.title, id: "camera-title" });
    const video = element("video", { muted: true, playsInline: true }), canvas = element("canvas");
    const told = element("p", { className: "refusal", hidden: true });
    told.setAttribute("role", "alert");
    const close = element("button", { type: "button", className: "quiet", textContent: words.close });
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.append(title, video, told, close);
    document.body.append(dialog);
    let stream, reader;

    const stop = () => {
        stream?.getTracks().forEach((track) => track.stop());
        reader?.terminate();
        dialog.remove();
        button.focus();
    };
    const refuse = (sentence) => {
        told.textContent = sentence;
        told.hidden = false;
        video.hidden = true;
        stream?.getTracks().forEach((track) => track.stop());
    };
    const look = () => {
        if (!dialog.open) return;
        if (video.videoWidth) reader.postMessage(picture(video, canvas));
        else setTimeout(look, BETWEEN);
    };
    const start = async () => {
        if (!navigator.mediaDevices) throw Object.assign(new Error("no camera here"), { name: "NotFoundError" });
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
        if (!dialog.isConnected) return stop(); // closed while the browser asked
        video.srcObject = stream;
        await video.play();
        reader = new Worker(words.reader);
        reader.onerror = () => refuse(words.broken);
        reader.onmessage = ({ data }) => {
            if (data.broken) return refuse(words.broken);
            if (!data.text) return setTimeout(look, BETWEEN);
            dialog.close();
            found(data.text);
        };
        look();
    };

    dialog.addEventListener("close", stop);
    close.addEventListener("click", () => dialog.close());
    dialog.showModal();
    start().catch((error) => refuse(reason(error, words)));
};
