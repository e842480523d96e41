package locale

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Params are what the placeholders of a text stand for, by name: {"shop": "Leimala"}
// fills {{.shop}}. The values are plain text; whoever makes a page of it escapes
// them.
type Params map[string]string

// Localizer says texts in one language. It is cheap to copy and safe to use from
// several goroutines.
type Localizer struct {
	locale  string
	texts   *i18n.Localizer
	printer *message.Printer
}

var localizers = sync.OnceValue(func() map[string]Localizer {
	all := map[string]Localizer{}
	for _, l := range Locales {
		all[l] = Localizer{
			locale:  l,
			texts:   i18n.NewLocalizer(loaded().bundle, l),
			printer: message.NewPrinter(language.Make(l)),
		}
	}
	return all
})

// For returns the Localizer of the locale, the English one for a locale that is
// not one of Locales.
func For(locale string) Localizer {
	all := localizers()
	if l, ok := all[locale]; ok {
		return l
	}
	return all[Locales[0]]
}

// Locale returns the language of the texts, one of Locales.
func (l Localizer) Locale() string { return l.locale }

// T returns the text of the key. A text that is not in the catalogs is a mistake
// that a test finds; it reads "[key]", so that a page that has it is still usable.
func (l Localizer) T(key string, params ...Params) string {
	return l.say(&i18n.LocalizeConfig{MessageID: key, TemplateData: merge(nil, params)})
}

// N returns the text of the key in the plural form for count, which also fills the
// placeholder {{.count}}. Plural forms are for zero and up; a negative count takes
// the form of its amount.
func (l Localizer) N(key string, count int, params ...Params) string {
	data := merge(map[string]string{"count": l.Number(int64(count))}, params)
	return l.say(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count})
}

func merge(data map[string]string, params []Params) map[string]string {
	if data == nil {
		data = map[string]string{}
	}
	for _, p := range params {
		for k, v := range p {
			data[k] = v
		}
	}
	return data
}

func (l Localizer) say(c *i18n.LocalizeConfig) string {
	text, err := l.texts.Localize(c)
	if err != nil || strings.Contains(text, "<no value>") {
		return "[" + c.MessageID + "]"
	}
	return text
}

// Number returns the number with the separators of the language: 12,345 or 12 345.
func (l Localizer) Number(n int64) string { return l.printer.Sprint(number.Decimal(n)) }

// Signed is Number with a plus in front of what is above zero and a real minus
// sign, as a column of changes is written.
func (l Localizer) Signed(n int64) string {
	switch {
	case n > 0:
		return "+" + l.Number(n)
	case n < 0:
		return "\u2212" + l.Number(-n)
	}
	return l.Number(0)
}

// months are the abbreviated names of the months within a date (CLDR, "MMM" of
// the format context), for the languages whose dates are not written in digits.
var months = map[string][12]string{
	"en": {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	"sv": {"jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."},
	"fr": {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
}

// Date returns the day of the instant (UTC milliseconds) in the zone: 21 Nov 2026
// or 21.11.2026. A nil zone is UTC.
func (l Localizer) Date(at int64, zone *time.Location) string {
	y, m, d := in(at, zone).Date()
	switch l.locale {
	case "en", "sv", "fr":
		return fmt.Sprintf("%d\u00a0%s\u00a0%d", d, months[l.locale][m-1], y)
	case "pl", "ru", "de":
		return fmt.Sprintf("%02d.%02d.%d", d, int(m), y)
	}
	return fmt.Sprintf("%d.%d.%d", d, int(m), y)
}

// Time returns the time of day of the instant in the zone: 14:05 or 14.05.
func (l Localizer) Time(at int64, zone *time.Location) string {
	t := in(at, zone)
	if l.locale == "fi" {
		return fmt.Sprintf("%d.%02d", t.Hour(), t.Minute())
	}
	return fmt.Sprintf("%02d:%02d", t.Hour(), t.Minute())
}

// DateTime returns date and time of day of the instant in the zone.
func (l Localizer) DateTime(at int64, zone *time.Location) string {
	join := ", "
	switch l.locale {
	case "fi":
		join = "\u00a0klo\u00a0"
	case "sv", "pl":
		join = " "
	case "fr":
		join = " à "
	}
	return l.Date(at, zone) + join + l.Time(at, zone)
}

func in(at int64, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return time.UnixMilli(at).In(zone)
}

// Refusal returns the sentence for staff of why the rules said no: the text
// refusal.<code> in the locale. params are those of the refusal: "limit" is a
// number, for the code "cool_down" the seconds to wait, "reward" a name. A code without a text reads
// as a plain no.
func Refusal(locale, code string, params map[string]string) string {
	l := For(locale)
	key := "refusal." + code
	m, ok := loaded().messages[l.locale][key]
	if !ok {
		return l.T("refusal.unknown")
	}
	limit, err := strconv.Atoi(params["limit"])
	if err != nil {
		limit = 0
	}
	given := Params{"limit": l.Number(int64(limit)), "wait": l.Wait(limit), "reward": params["reward"]}
	if counted(m) {
		return l.N(key, limit, given)
	}
	return l.T(key, given)
}

// Wait says in how many seconds, in the unit that a person would choose, rounded
// up: "in 5 minutes".
func (l Localizer) Wait(seconds int) string {
	switch {
	case seconds < 120:
		return l.N("wait.seconds", max(seconds, 1))
	case seconds < 2*60*60:
		return l.N("wait.minutes", (seconds+59)/60)
	}
	return l.N("wait.hours", (seconds+3599)/3600)
}
