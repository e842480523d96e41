package locale

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// Locales are the languages of the catalogs, in the order in which they are
// offered. The first is the reference and the last resort.
var Locales = []string{"en", "fi", "sv", "pl", "fr", "de", "ru"}

// names are the languages as their own speakers write them.
var names = map[string]string{
	"en": "English", "fi": "Suomi", "sv": "Svenska", "pl": "Polski",
	"fr": "Français", "de": "Deutsch", "ru": "Русский",
}

// Known reports whether the locale is one of Locales.
func Known(locale string) bool { return slices.Contains(Locales, locale) }

// Name returns what the language calls itself, "" for one that is not known.
func Name(locale string) string { return names[locale] }

//go:embed catalog/*.toml
var files embed.FS

// catalogs are the texts of all languages, read once when the first is asked for.
type catalogs struct {
	bundle *i18n.Bundle
	// messages are the same texts as they stand in the files, by locale and key.
	messages map[string]map[string]*i18n.Message
}

// loaded panics if a catalog cannot be read: the catalogs are part of the binary,
// so that is a mistake of whoever built it, and a test finds it first.
var loaded = sync.OnceValue(func() catalogs {
	c, err := load()
	if err != nil {
		panic(err)
	}
	return c
})

func load() (catalogs, error) {
	c := catalogs{bundle: i18n.NewBundle(language.English), messages: map[string]map[string]*i18n.Message{}}
	unmarshal := map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal}
	for _, l := range Locales {
		text, err := files.ReadFile("catalog/" + l + ".toml")
		if err != nil {
			return catalogs{}, fmt.Errorf("read the catalog of %s: %w", l, err)
		}
		file, err := i18n.ParseMessageFileBytes(text, l+".toml", unmarshal)
		if err != nil {
			return catalogs{}, fmt.Errorf("read the catalog of %s: %w", l, err)
		}
		if err := c.bundle.AddMessages(language.Make(l), file.Messages...); err != nil {
			return catalogs{}, fmt.Errorf("read the catalog of %s: %w", l, err)
		}
		c.messages[l] = map[string]*i18n.Message{}
		for _, m := range file.Messages {
			c.messages[l][m.ID] = m
		}
	}
	return c, nil
}

// Has reports whether there is a text for the key.
func Has(key string) bool {
	_, ok := loaded().messages[Locales[0]][key]
	return ok
}

// Keys returns the keys of all texts in alphabetical order.
func Keys() []string {
	return slices.Sorted(maps.Keys(loaded().messages[Locales[0]]))
}

// forms returns the text as it stands in the catalog, by plural form. A text that
// is not counted has "other" only.
func forms(m *i18n.Message) map[string]string {
	all := map[string]string{
		"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other,
	}
	maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
	return all
}

// counted reports whether the text changes with a number.
func counted(m *i18n.Message) bool {
	return m.Zero != "" || m.One != "" || m.Two != "" || m.Few != "" || m.Many != ""
}
