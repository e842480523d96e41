// The words of the rooms that come later. say() takes the till's, too.

import { i18n, type Messages } from "@lingui/core";
import { catalogOf } from "../../locale/locale.ts";
import type { TillText } from "../texts.ts";
import type texts from "./texts/en.json";

export const settingsCatalog = catalogOf(import.meta.glob<Messages>("./texts/*.json", { query: "?lingui", import: "messages" }));

export const say = (id: TillText | keyof typeof texts, values?: Record<string, string | number>): string => i18n._(id, values);
