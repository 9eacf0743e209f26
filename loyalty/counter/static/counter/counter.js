// The little that a till needs a script for: scans from anywhere, one sending per form, a sound, the lock, the clock.
"use strict";

// What arrives while a button is pressed would move it from under the finger, and the press be lost: it waits.
const released = async () => {
    while (document.querySelector("button:active")) await new Promise((done) => setTimeout(done, 100));
};

(() => {
    const BURST = 40; // milliseconds between the signs of a scanner; nobody types so fast
    const SHORTEST = 8;
    let scanned = "", before = null, last = 0;

    // A scan while another field has the focus goes to the one field, and the other gets back what it had; a field for
    // codes keeps what is scanned into it, and the form waits for the rest.
    document.addEventListener("keydown", (event) => {
        const field = document.querySelector("[data-scan]");
        if (!field || event.ctrlKey || event.altKey || event.metaKey) return;
        const now = event.timeStamp;
        if (now - last > BURST) {
            scanned = "";
            before = event.target.value;
        }
        last = now;
        if (event.key.length === 1) scanned += event.key;
        if (event.key !== "Enter" || scanned.length < SHORTEST || event.target === field) return;
        event.preventDefault();
        const code = scanned;
        scanned = "";
        if (event.target.matches("[data-scan-here]")) return;
        if (before !== undefined) event.target.value = before;
        field.value = code;
        field.form.requestSubmit();
    });

    // The server answers the same form only once; this spares it the question.
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!form.matches("[data-once]")) return;
        if (form.dataset.sent) event.preventDefault();
        form.dataset.sent = "yes";
        form.querySelector("button.confirm")?.setAttribute("aria-busy", "true");
    });
    window.addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("[data-once]")) {
            delete form.dataset.sent;
            form.querySelector("button.confirm")?.removeAttribute("aria-busy");
        }
    });

    document.addEventListener("htmx:beforeSwap", ({ detail }) => {
        if (!detail.shouldSwap || !document.querySelector("button:active")) return;
        detail.shouldSwap = false;
        released().then(() => { detail.target.innerHTML = detail.serverResponse; });
    });

    const tone = (context, frequency, start, length) => {
        const sound = context.createOscillator(), volume = context.createGain();
        sound.frequency.value = frequency;
        volume.gain.value = 0.08;
        sound.connect(volume).connect(context.destination);
        sound.start(context.currentTime + start);
        sound.stop(context.currentTime + start + length);
    };
    const play = (outcome) => {
        if (!outcome || !window.AudioContext) return;
        const context = new AudioContext();
        if (outcome === "success") {
            tone(context, 660, 0, 0.09);
            tone(context, 880, 0.1, 0.14);
        } else {
            tone(context, 220, 0, 0.3);
        }
    };

    // A till that nobody touches locks itself: what is on the screen is somebody's.
    const watch = (seconds, address) => {
        let timer;
        const again = () => {
            clearTimeout(timer);
            timer = setTimeout(() => {
                location.assign(`${address}?next=${encodeURIComponent(location.pathname)}`);
            }, seconds * 1000);
        };
        for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, again);
        again();
    };

    // The button to undo goes with its time.
    const count = (button) => {
        const text = button.textContent, until = Date.parse(button.dataset.until);
        const tick = () => {
            const left = Math.ceil((until - Date.now()) / 1000);
            if (left <= 0) return button.remove();
            button.textContent = `${text} (${left} s)`;
            setTimeout(tick, 1000);
        };
        tick();
    };

    // One more line like the last, empty, under the next number.
    const more = (button) => {
        const last = [...document.querySelectorAll(button.dataset.more)].pop(), line = last.cloneNode(true);
        const next = (name) => name?.replace(/-(\d+)-/, (_, number) => `-${Number(number) + 1}-`);
        for (const errors of line.querySelectorAll(".errorlist")) errors.remove();
        for (const part of line.querySelectorAll("[name], [for], [id]")) {
            for (const name of ["name", "for", "id"]) {
                if (part.hasAttribute(name)) part.setAttribute(name, next(part.getAttribute(name)));
            }
            if (part.matches("input")) part.value = "";
        }
        last.after(line);
        line.querySelector("input").focus();
    };

    // The camera's own script is loaded when it is asked for. In the one field what it read is looked up at once.
    const camera = (button) => {
        button.hidden = false;
        const field = button.form.querySelector("[data-scan], [data-scan-here]");
        const found = (text) => {
            field.value = text;
            if (field.matches("[data-scan]")) field.form.requestSubmit();
            else field.focus();
        };
        const refuse = () => {
            field.setCustomValidity(button.dataset.broken);
            field.reportValidity();
            field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
        };
        button.addEventListener("click", () => {
            import(button.dataset.camera).then(({ scan }) => scan(button, found), refuse);
        });
    };

    document.addEventListener("DOMContentLoaded", () => {
        const { outcome, idleSeconds, lock } = document.body.dataset;
        play(outcome);
        if (idleSeconds) watch(Number(idleSeconds), lock);
        document.querySelectorAll("[data-until]").forEach(count);
        document.querySelector("[data-more]")?.addEventListener("click", (event) => more(event.target));
        document.querySelectorAll("[data-camera]").forEach(camera);
        document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
        const wrong = document.querySelector(".wrong input, .wrong select");
        const first = document.querySelector("[data-focus], .work form input:not([type=hidden])");
        if (!document.querySelector("[autofocus]")) (wrong || first)?.focus();
    });
})();
