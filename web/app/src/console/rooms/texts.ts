// The words of all rooms but the first; see ../texts.ts.

import type { Messages } from "@lingui/core";
import { catalogOf } from "../../locale/locale.ts";

export const roomsCatalog = catalogOf(import.meta.glob<Messages>("./texts/*.json", { query: "?lingui", import: "messages" }));
