/** A password that can be read out over the phone: 100 random bits in characters nobody mixes up. */

/** 32 of them, so that five bits choose one evenly: without i, l, o and u. */
const CHARS = "0123456789abcdefghjkmnpqrstvwxyz";
const GROUPS = 4;
const GROUP = 5;

export function generatePassword(): string {
  const chars = [...crypto.getRandomValues(new Uint8Array(GROUPS * GROUP))]
    .map((byte) => CHARS.charAt(byte % CHARS.length))
    .join("");
  return (chars.match(/.{5}/g) ?? []).join("-");
}
