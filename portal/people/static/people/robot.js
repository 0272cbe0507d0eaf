// Proof of work behind "I'm not a robot": the ALTCHA protocol, version 2, on the browser's own cryptography.
// Without it, or when anything here fails, the plain tick is sent and the server decides.

const box = document.querySelector("[data-robot]");
const address = document.querySelector("script[data-challenge]").dataset.challenge;
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function solve() {
  const challenge = await (await fetch(`${address}?form=${box.dataset.robot}`)).json();
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const guess = new Uint8Array([...bytes(nonce), 0, 0, 0, 0]);
  const last = new DataView(guess.buffer, guess.length - 4);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  for (let counter = 0; ; counter += 1) {
    last.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", guess, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(how, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
  }
}

if (box && globalThis.crypto?.subtle) {
  let solving;
  const start = () => (solving ??= solve().then((token) => (box.value = token)).catch(() => {}));
  box.form.addEventListener("input", start, { once: true }); // so that it is done when the last field is
  box.form.addEventListener(
    "submit",
    (event) => {
      if (!box.checked || box.value.length > 20 || box.dataset.waited) return;
      event.preventDefault();
      const enough = new Promise((done) => setTimeout(done, 8000));
      Promise.race([start(), enough]).then(() => {
        box.dataset.waited = "yes";
        setTimeout(() => box.form.requestSubmit()); // after this event: while it lasts, a form is not sent again
      });
    },
    { capture: true },
  );
}
