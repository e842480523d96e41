import type { Customer } from "../data/customers.ts";

/** The name as it is in the register; a till shows less of it. */
export const fullName = (c: Customer) => [c.first_name, c.last_name].filter(Boolean).join(" ") || c.display_name;

/** Phone number and e-mail address, confirmed or not. */
export const contact = (c: Customer) => [c.phone ?? c.pending_phone, c.email ?? c.pending_email].filter(Boolean).join(" · ");
