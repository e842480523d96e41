package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

const (
	// configName is the settings file in the data folder.
	configName = "leima.yaml"
	// databaseName is the embedded database in the data folder.
	databaseName = "leima.db"
	// maxSecretBytes bounds a file that holds one secret.
	maxSecretBytes = 4096
	// dataSetting and logLevelSetting are settings of which the demo has its own standard.
	dataSetting     = "data"
	logLevelSetting = "log-level"
	// fileSuffix makes the name of the setting that names a file with the secret.
	fileSuffix = "-file"
)

// setting is one thing that a flag, the environment or a file can set, under one
// name: --base-url, LEIMA_BASE_URL, base-url.
type setting struct {
	name, standard, help string
	// secret settings are redacted when shown and can stand in a file of their own. Of
	// one that is an address, all but the password is shown.
	secret, address bool
}

var definitions = append([]setting{
	{name: "config", help: "settings file (default: " + configName + " in the data folder, if it is there)"},
	{name: dataSetting, standard: "leima-data", help: "data folder: database, uploads, settings file. “leima demo” has demo-data instead"},
	{name: "db", secret: true, address: true, help: "database, such as postgres://… (default: SQLite in the data folder)"},
	{name: "redis", secret: true, address: true, help: "Redis or Valkey for the hot state, such as redis://… (default: none, for one server alone)"},
	{name: addrSetting, standard: "127.0.0.1:8080", help: "address to listen on; port 0 takes a free one"},
	{name: "base-url", help: "address under which customers reach the pages, such as https://cards.example.org (default: that of --addr)"},
	{name: debugAddrSetting, help: "address for metrics and profiles, such as 127.0.0.1:8081; nobody else should reach it (default: none)"},
	{name: "trusted-proxies", help: "networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8,::1/128"},
	{name: logLevelSetting, standard: "info", help: "debug, info, warn or error. “leima demo” has warn instead"},
	{name: "log-format", standard: "auto", help: "json, text, or auto: text on a terminal"},
}, slices.Concat(appleDefinitions, googleDefinitions, samsungDefinitions, buttonDefinitions)...)

// settings are the values that count.
type settings struct {
	Data, DB, Redis, Addr, DebugAddr, BaseURL, LogLevel, LogFormat string
	TrustedProxies                                                 []netip.Prefix
	// sources says for each name where its value comes from.
	values, sources map[string]string
}

func environmentName(name string) string {
	return "LEIMA_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

func defineSettings(flags *pflag.FlagSet) {
	for _, s := range definitions {
		flags.String(s.name, s.standard, s.help)
		if s.secret {
			flags.String(s.name+fileSuffix, "", "file that holds --"+s.name)
		}
	}
	flags.SortFlags = false
}

// layer is one place where settings can stand.
type layer struct {
	source func(name string) string
	get    func(name string) (string, bool)
}

// loadSettings reads what counts for the command: flags over environment over
// file over the standard.
func (sh *shell) loadSettings(c *cobra.Command) error {
	flags := c.Flags()
	layers := []layer{{
		source: func(name string) string { return "flag --" + name },
		get: func(name string) (string, bool) {
			f := flags.Lookup(name)
			return f.Value.String(), f.Changed
		},
	}, {
		source: environmentName,
		get: func(name string) (string, bool) {
			v := sh.getenv(environmentName(name))
			return v, v != ""
		},
	}}
	standard := func(name string) string {
		// A command's annotations hold its own standards, by the names of the settings.
		if own := c.Annotations[name]; own != "" {
			return own
		}
		return flags.Lookup(name).DefValue
	}
	first := func(name string) string {
		for _, l := range layers {
			if v, ok := l.get(name); ok {
				return v
			}
		}
		return standard(name)
	}
	file, err := readConfig(first("config"), first("data"))
	if err != nil {
		return err
	}
	if file != nil {
		layers = append(layers, *file)
	}
	s := settings{values: map[string]string{}, sources: map[string]string{}}
	for _, d := range definitions {
		if s.values[d.name], s.sources[d.name], err = d.resolve(layers, standard(d.name)); err != nil {
			return err
		}
	}
	sh.settings = s
	return sh.settings.check()
}

// readConfig returns the layer of the settings file. Only one that was asked for
// must be there.
func readConfig(path, data string) (*layer, error) {
	asked := path != ""
	if !asked {
		path = filepath.Join(data, configName)
	}
	v := viper.NewWithOptions(viper.KeyDelimiter("\x00")) // names are flat
	v.SetConfigFile(path)
	v.SetConfigType("yaml")
	switch err := v.ReadInConfig(); {
	case err == nil:
	case !asked && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)):
		return nil, nil //nolint:nilnil // no file, no layer
	default:
		return nil, usagef("the settings file %s cannot be read: %w", path, err)
	}
	for _, key := range v.AllKeys() {
		if !slices.ContainsFunc(definitions, func(d setting) bool {
			return key == d.name && key != "config" || d.secret && key == d.name+fileSuffix
		}) {
			return nil, usagef("the settings file %s has %q, which is not a setting", path, key).
				hint("The names are those of the flags in “leima --help”, without the dashes in front.")
		}
	}
	return &layer{
		source: func(string) string { return path },
		get: func(name string) (string, bool) {
			return v.GetString(name), v.InConfig(name)
		},
	}, nil
}

// resolve finds the value and says where it comes from.
func (d setting) resolve(layers []layer, standard string) (value, source string, err error) {
	for _, l := range layers {
		value, ok := l.get(d.name)
		if !d.secret {
			if ok {
				return value, l.source(d.name), nil
			}
			continue
		}
		path, inFile := l.get(d.name + fileSuffix)
		switch {
		case ok && inFile:
			return "", "", usagef("%s and %s are both set: which one counts?", l.source(d.name), l.source(d.name+fileSuffix))
		case ok:
			return value, l.source(d.name), nil
		case inFile:
			secret, err := readSecret(path)
			return secret, l.source(d.name+fileSuffix) + " (" + path + ")", err
		}
	}
	return standard, "default", nil
}

// readSecret returns what the file holds, without the line end that editors add.
func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", usagef("the file with the secret cannot be read: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	b, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	switch {
	case err != nil:
		return "", usagef("the file with the secret cannot be read: %w", err)
	case len(b) > maxSecretBytes:
		return "", usagef("%s has more than %d bytes: that is not one secret", path, maxSecretBytes)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// check puts the values into their fields and refuses what cannot be meant.
func (s *settings) check() error {
	v := s.values
	s.Data, s.DB, s.Addr, s.LogLevel, s.LogFormat = v["data"], v["db"], v[addrSetting], v["log-level"], v["log-format"]
	s.Redis, s.DebugAddr = v["redis"], v[debugAddrSetting]
	s.BaseURL = strings.TrimRight(v["base-url"], "/")
	if s.Data == "" {
		return usagef("--data is empty").hint("Name a folder for the database and uploads.")
	}
	if _, _, err := net.SplitHostPort(s.Addr); err != nil {
		return usagef("--addr %q is not an address: %w", s.Addr, err).hint("Give host and port, such as 127.0.0.1:8080, or :8080 for every network.")
	}
	if s.DebugAddr != "" {
		if _, _, err := net.SplitHostPort(s.DebugAddr); err != nil {
			return usagef("--debug-addr %q is not an address: %w", s.DebugAddr, err).hint("Give host and port, such as 127.0.0.1:8081.")
		}
	}
	if s.BaseURL != "" {
		u, err := url.Parse(s.BaseURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.Path != "" {
			return usagef("--base-url %q is not the address of a site", s.BaseURL).hint("Give scheme and host only, such as https://cards.example.org.")
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s.LogLevel) {
		return usagef("--log-level %q is not debug, info, warn or error", s.LogLevel)
	}
	if !slices.Contains([]string{"auto", "json", "text"}, s.LogFormat) {
		return usagef("--log-format %q is not auto, json or text", s.LogFormat)
	}
	switch {
	case s.DB == "" || strings.HasPrefix(s.DB, "sqlite:"), strings.HasPrefix(s.DB, "postgres://"), strings.HasPrefix(s.DB, "postgresql://"):
	default:
		return usagef("--db is neither sqlite:///path/to/file.db nor postgres://…")
	}
	for p := range strings.SplitSeq(v["trusted-proxies"], ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			return usagef("--trusted-proxies %q is not a network: %w", p, err).hint("Write networks such as 10.0.0.0/8 or ::1/128, with commas between.")
		}
		s.TrustedProxies = append(s.TrustedProxies, prefix)
	}
	return nil
}

// databaseURL is the database that counts: --db, or SQLite in the data folder.
func (s *settings) databaseURL() (string, error) {
	if s.DB != "" {
		return s.DB, nil
	}
	path, err := filepath.Abs(filepath.Join(s.Data, databaseName))
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	return (&url.URL{Scheme: "sqlite", Path: filepath.ToSlash(path)}).String(), nil
}

// redacted returns the value as it may be shown.
func (d setting) redacted(value string) string {
	switch {
	case !d.secret, value == "", d.address && strings.HasPrefix(value, "sqlite:///"): // the name of a file
		return value
	case d.address:
		return maskAddress(value)
	}
	return hidden
}
