// What this browser keeps of confirmed forms until the server has them: for the pages and for the worker beside them.
"use strict";

const waiting = (() => {
    const OPEN = "waits"; // the other states are the server's: recorded, conflict, rejected; and gone, of which only the key is left
    const answer = (request) => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = (event) => {
            event.preventDefault();
            failed(request.error);
        };
    });
    const table = async (mode) => {
        const opening = indexedDB.open("counter", 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore("forms", { keyPath: "key" });
        const database = await answer(opening);
        const transaction = database.transaction("forms", mode);
        transaction.oncomplete = transaction.onabort = () => database.close();
        return transaction.objectStore("forms");
    };
    const all = async () => {
        const forms = await answer((await table("readonly")).getAll());
        return forms.sort((one, other) => one.at - other.at);
    };
    return {
        OPEN,
        all,
        // A form is kept once: confirmed again, the first time counts.
        async add(form) {
            const store = await table("readwrite");
            if (await answer(store.getKey(form.key)) === undefined) await answer(store.add({ ...form, state: OPEN, at: Date.now() }));
        },
        // Of what arrived no more is kept than its line on the screen shows.
        async finish({ key, journey, whom, shown, at }, { state, told, address }) {
            await answer((await table("readwrite")).put({ key, journey, whom, shown, at, state, told, address }));
        },
        // The key stays for as long as the server takes late forms, so that no blank form is used twice.
        async clear() {
            const DAYS = 60 * 24 * 60 * 60 * 1000;
            for (const { key, at, state } of await all()) {
                const store = await table("readwrite");
                if (at < Date.now() - DAYS && state !== OPEN) await answer(store.delete(key));
                else if (state !== OPEN) await answer(store.put({ key, at, state: "gone" }));
            }
        },
        // What the line on the screen shows of the form's fields.
        shown: (fields) => ["amount", "points", "count", "receipt"].map((name) => fields.find((each) => each[0] === name)?.[1]).filter(Boolean).join(" · "),
    };
})();
