// Pass the link on: by the phone's own sharing where it has one, else by copying it. Without a script the link is there.
"use strict";

for (const place of document.querySelectorAll("[data-share]")) {
    const { share: url, title } = place.dataset, told = place.querySelector("[data-copied]");
    place.hidden = !(navigator.share || navigator.clipboard);
    place.querySelector("button").addEventListener("click", async () => {
        try {
            if (navigator.share) return await navigator.share({ title, url });
            await navigator.clipboard.writeText(url);
            told.textContent = told.dataset.copied;
        } catch {
            // Who closes the phone's sheet wants nothing of it.
        }
    });
}
