// Between the counter's pages and the server: what is confirmed while the server cannot be reached is kept and sent
// later by the pages; instead of a page that cannot be opened comes the one that was kept for this. See waiting.js.
"use strict";

const PATIENCE = 10000; // milliseconds; a connection that hangs is no connection
const UNREACHED = [502, 503, 504];
const CACHE = "counter";
const HOME = new URL(registration.scope).pathname;
const OFFLINE = `${HOME}offline/`;
const NEVER_KEPT = ["csrfmiddlewaretoken", "ticket", "supervisor", "pin"];
const ASSETS = ["script", "style", "image", "worker"];
const READER = `${HOME}reader.js`;

const kept = async (request, options) => (await caches.open(CACHE)).match(request, { ignoreVary: true, ...options });
const offlinePage = () => kept(OFFLINE, { ignoreSearch: true });

const reached = async (answering) => {
    const late = new Promise((_done, failed) => { setTimeout(() => failed(new Error("late")), PATIENCE); });
    const answer = await Promise.race([answering, late]);
    if (UNREACHED.includes(answer.status)) throw new Error("unreached");
    return answer;
};

const opened = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const told = pathname === OFFLINE && (searchParams.has("kept") || searchParams.has("needs"));
    const page = told && await offlinePage();
    if (page) return page;
    try {
        return await reached(fetch(request));
    } catch (error) {
        return (await offlinePage()) || Promise.reject(error);
    }
};

// The form, where its journey may wait: it bears a ticket then.
const read = (address, data) => {
    const [, whom, journey] = new URL(address).pathname.slice(HOME.length).match(/^member\/([^/]+)\/([a-z]+)\/$/) || [];
    const ticket = data.get("ticket");
    if (!journey || !ticket) return null;
    const fields = [...data].filter(([name]) => !NEVER_KEPT.includes(name));
    return { key: data.get("key"), ticket, journey, whom: decodeURIComponent(whom), fields, shown: waiting.shown(fields) };
};

const confirmed = async (request) => {
    const copy = request.clone();
    try {
        return await reached(fetch(request));
    } catch (error) {
        if (!(await offlinePage())) throw error;
        const form = read(request.url, await copy.formData());
        if (form) await waiting.add(form);
        return Response.redirect(form ? `${OFFLINE}?kept=${form.key}` : `${OFFLINE}?needs=server`, 303);
    }
};

// What a page has used once is there without the server as well.
const asset = async (request) => {
    const copy = await kept(request);
    try {
        const answer = await fetch(request);
        if (!copy && answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
        return answer;
    } catch (error) {
        return copy || Promise.reject(error);
    }
};

// Scripts, styles and pictures of the site; what the counter itself answers is about somebody.
const isAsset = ({ method, destination }, pathname) => {
    if (method !== "GET" || (pathname.startsWith(HOME) && pathname !== READER)) return false;
    return ASSETS.includes(destination) || pathname.endsWith(".wasm");
};

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => event.waitUntil(clients.claim())); // of a page that was on its way meanwhile
addEventListener("fetch", (event) => {
    const { request } = event, { origin, pathname } = new URL(request.url);
    if (origin !== location.origin) return;
    if (request.mode === "navigate") event.respondWith(request.method === "POST" ? confirmed(request) : opened(request));
    else if (isAsset(request, pathname)) event.respondWith(asset(request));
});
