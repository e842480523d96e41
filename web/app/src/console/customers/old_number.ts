/** Tells whether a text can be the number of a card from before, as it is printed; the server knows which are taken. */
export const readsAsOldNumber = (typed: string) => /^(?=.*[0-9])[0-9A-Z]{6,32}$/i.test(typed.replace(/[\s\u00a0\u202f-]/g, ""));
