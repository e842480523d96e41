// The console's way to the API: by the session cookie of whoever signed in by a link.

import { createApi } from "../api/client.ts";
import { currentLocale } from "../locale/locale.ts";

export const api = createApi({ locale: currentLocale });
