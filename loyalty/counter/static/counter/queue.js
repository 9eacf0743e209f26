// The list of what this till keeps, and its way to the server: once each, in order, whoever is signed in by then.
"use strict";

(() => {
    const AGAIN = 15000, PATIENCE = 15000, FRESH = 10 * 60 * 1000; // milliseconds
    const CACHE = "counter", REMEMBERED = "counter-offline";
    const UNREACHED = [502, 503, 504];
    const panel = document.getElementById("waiting");
    const { late, worker, home, offline, clerk } = panel.dataset;
    let unreached = false, asks = false;

    const line = (form) => {
        const item = document.createElement("li"), what = document.createElement("b");
        what.textContent = [panel.dataset[form.journey], form.shown].filter(Boolean).join(" · ");
        const moment = new Date(form.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
        const became = form.state === "recorded" ? form.told : [panel.dataset[form.state], form.told].filter(Boolean).join(" · ");
        item.append(what, ` · ${form.whom} · ${moment} · ${became} `);
        if (form.address) {
            const link = document.createElement("a");
            link.href = form.address;
            link.textContent = panel.dataset.receipt;
            item.append(link);
        }
        return item;
    };

    const show = async () => {
        const forms = (await waiting.all()).filter(({ state }) => state !== "gone");
        const open = forms.filter(({ state }) => state === waiting.OPEN).length;
        await released();
        panel.hidden = !forms.length;
        panel.querySelector("[data-count]").textContent = open;
        panel.querySelector("[data-count]").hidden = !open;
        panel.querySelector("[data-why]").hidden = !unreached;
        panel.querySelector("[data-sign-in]").hidden = !asks || !open;
        panel.querySelector("[data-clear]").hidden = open === forms.length;
        panel.querySelector("ul").replaceChildren(...forms.map(line));
        return open;
    };

    const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || "";

    // Whether the next one may be sent.
    const sendOne = async (form) => {
        const said = [["ticket", form.ticket], ["late_journey", form.journey], ["late_whom", form.whom], ["late_at", form.at]];
        let answer;
        try {
            answer = await fetch(late, {
                method: "POST",
                redirect: "manual",
                headers: { "X-CSRFToken": token() },
                body: new URLSearchParams([...form.fields, ...said]),
                signal: AbortSignal.timeout(PATIENCE),
            });
        } catch {
            unreached = true;
            return false;
        }
        unreached = UNREACHED.includes(answer.status);
        asks = answer.type === "opaqueredirect" || answer.status === 403;
        if (unreached || asks) return false;
        if (answer.ok) await waiting.finish(form, await answer.json());
        else if (answer.status === 400) await waiting.finish(form, { state: "rejected" });
        return true; // a server that stumbles over one form is asked again about it later
    };

    const send = () => navigator.locks.request("counter-waiting", { ifAvailable: true }, async (lock) => {
        if (!lock) return;
        for (const form of await waiting.all()) {
            if (form.state === waiting.OPEN && !(await sendOne(form))) break;
        }
        await show();
    });

    // The page for when no other can be opened, with what it needs: of this clerk, gone where nobody is at work.
    const remember = async () => {
        if (location.pathname === offline) return;
        if (!clerk) {
            localStorage.removeItem(REMEMBERED);
            await caches.delete(CACHE);
            return;
        }
        const whose = `${clerk} ${document.documentElement.lang}`;
        const { of, at } = JSON.parse(localStorage.getItem(REMEMBERED) || "{}");
        if (of === whose && at > Date.now() - FRESH) return;
        const cache = await caches.open(CACHE), page = await fetch(offline, { redirect: "manual" });
        if (!page.ok) return;
        await cache.put(offline, page);
        await cache.addAll([...document.querySelectorAll("script[src], link[href]")].map((each) => each.src || each.href));
        localStorage.setItem(REMEMBERED, JSON.stringify({ of: whose, at: Date.now() }));
    };

    // On the page without the server every purchase takes one of the blank forms that were drawn with it.
    const keep = async (form) => {
        const used = new Set((await waiting.all()).map(({ key }) => key));
        const blanks = JSON.parse(document.getElementById("blanks").textContent);
        const [key, ticket] = blanks.find(([each]) => !used.has(each)) || [];
        if (!key) {
            form.elements.whom.setCustomValidity(form.dataset.empty);
            form.reportValidity();
            return;
        }
        const { whom, ...rest } = Object.fromEntries(new FormData(form));
        const fields = [["key", key], ...Object.entries(rest)];
        await waiting.add({ key, ticket, journey: form.dataset.keep, whom: whom.trim(), fields, shown: waiting.shown(fields) });
        form.reset();
        form.elements.whom.focus();
        await show();
        await send();
    };

    document.addEventListener("submit", (event) => {
        if (!event.target.matches("[data-keep]")) return;
        event.preventDefault();
        keep(event.target);
    });
    document.addEventListener("htmx:sendError", async ({ detail }) => {
        await released();
        detail.target.textContent = panel.dataset.unseen;
    });
    panel.querySelector("[data-clear]").addEventListener("click", async () => {
        await waiting.clear();
        await show();
    });

    document.addEventListener("DOMContentLoaded", async () => {
        const asked = new URLSearchParams(location.search);
        for (const each of document.querySelectorAll("[data-if]")) each.hidden = !asked.has(each.dataset.if);
        if (!navigator.serviceWorker) return; // a network of its own without TLS: browsers keep nothing there
        navigator.serviceWorker.register(worker, { scope: home }).catch(() => {}); // the next page asks again
        navigator.serviceWorker.ready.then(({ active }) => navigator.serviceWorker.controller || active.postMessage("claim"));
        if (await show()) await send();
        addEventListener("online", send);
        setInterval(async () => { if (await show()) await send(); }, AGAIN);
        await remember().catch(() => {}); // another time, then
    });
})();
