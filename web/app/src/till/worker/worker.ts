const files = JSON.parse("__LEIMA_FILES__") as { version: string; page: string; files: string[] };
self.addEventListener("message", () => { self.dispatchEvent(new Event(files.version)); });
