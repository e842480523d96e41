package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/leima/leima/access"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

// tillScopes is the short name for all that a till may do.
const tillScopes = "till"

// The lives of links and codes in words.
var (
	signInLife  = fmt.Sprintf("%d minutes", access.SignInLinkLife/time.Minute)
	pairingLife = fmt.Sprintf("%d minutes", access.PairingCodeLife/time.Minute)
)

func (sh *shell) signInCommand() *cobra.Command {
	var slug, who string
	c := &cobra.Command{
		Use: "sign-in", Short: "Print a link by which one member of staff signs in once",
		Long: fmt.Sprintf(`Prints a link by which a member of staff signs in in a browser. It works once and
for %s. Whoever has it is that person: hand it over in a way that fits.`, signInLife),
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withStore(c.Context(), func(st *store.Store) error { return sh.signIn(c.Context(), st, slug, who) })
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization (default: the only one)")
	c.Flags().StringVar(&who, "staff", "", "id or e-mail address of the member of staff (default: the only owner)")
	return c
}

func (sh *shell) signIn(ctx context.Context, st *store.Store, slug, who string) error {
	o, err := findOrganization(ctx, st, slug)
	if err != nil {
		return err
	}
	s, err := findStaff(ctx, st, o.ID, who)
	if err != nil {
		return err
	}
	if !s.Active {
		return failf("%s may not sign in any more", s.Name)
	}
	token, now := access.NewToken(access.TokenSignIn, o.Slug), sh.clock()
	link := access.SignInLink{
		OrgID: o.ID, StaffID: s.ID, TokenHash: access.Hash(token),
		CreatedAt: now, ExpiresAt: now + access.SignInLinkLife.Milliseconds(),
	}
	if err := st.CreateSignInLink(ctx, link); err != nil {
		return fmt.Errorf("keep the link: %w", err)
	}
	url := sh.links().signIn(token)
	result := map[string]string{"url": url, "staff_id": s.ID, "expires_at": instant(link.ExpiresAt)}
	return sh.show(result, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", url)
		fmt.Fprintf(sh.err, "For %s, once, within %s.\n", s.Name, signInLife)
	})
}

func (sh *shell) apiKeyCommand() *cobra.Command {
	var slug, name, location string
	var scopes []string
	c := &cobra.Command{
		Use: "create", Short: "Create an API key and print its token, once", Args: cobra.NoArgs,
		Long: `Creates an API key for an integration and prints its token. The token is shown this
once; only a digest of it is kept. Scopes are those of openapi.yaml, with commas
between; “till” stands for all that a till needs.`,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withStore(c.Context(), func(st *store.Store) error {
				return sh.createAPIKey(c.Context(), st, slug, name, location, scopes)
			})
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization (default: the only one)")
	c.Flags().StringVar(&name, "name", "", "what the key is for")
	c.Flags().StringSliceVar(&scopes, "scopes", []string{tillScopes}, "what it may do")
	c.Flags().StringVar(&location, "location", "", "the only location that it may act for (default: every)")
	_ = c.MarkFlagRequired("name") // the flag is there
	return group("api-key", "Create API keys", c)
}

func (sh *shell) createAPIKey(ctx context.Context, st *store.Store, slug, name, location string, scopes []string) error {
	if err := organization.CheckLine("name", name, access.MaxKeyNameLen, true); err != nil {
		return usagef("%w", err)
	}
	set, err := parseScopes(scopes)
	if err != nil {
		return err
	}
	o, err := findOrganization(ctx, st, slug)
	if err != nil {
		return err
	}
	locationID := ""
	if location != "" {
		l, err := findLocation(ctx, st, o.ID, location)
		if err != nil {
			return err
		}
		locationID = l.ID
	}
	key, token, err := makeAPIKey(ctx, st, o, access.APIKey{Name: name, Scopes: set, LocationID: locationID}, sh.clock())
	if err != nil {
		return err
	}
	result := map[string]any{"id": key.ID, "token": token, "scopes": set.Names()}
	return sh.show(result, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", token)
		fmt.Fprintf(sh.err, "This is the only time that the token of %s is shown.\n", key.ID)
	})
}

func parseScopes(scopes []string) (access.Set, error) {
	var names []string
	var set access.Set
	for _, s := range scopes {
		if s == tillScopes {
			set |= access.TillScopes
			continue
		}
		names = append(names, strings.TrimSpace(s))
	}
	most := access.ForRole(organization.RoleIntegration)
	choice := "Want " + tillScopes + ", or some of these with commas between: " + strings.Join(most.Names(), ",")
	parsed, err := access.ParseSet("scopes", names)
	if err != nil {
		return 0, usagef("%w", err).hint(choice)
	}
	set |= parsed
	switch {
	case set == 0:
		return 0, usagef("--scopes is empty: the key could do nothing").hint(choice)
	case !most.Includes(set):
		return 0, usagef("a key may not have %s", strings.Join((set&^most).Names(), ", ")).hint(choice)
	}
	return set, nil
}

// makeAPIKey keeps a new key and returns it with its token.
func makeAPIKey(ctx context.Context, st *store.Store, o organization.Organization, k access.APIKey, now int64) (access.APIKey, string, error) {
	token := access.NewToken(access.TokenAPIKey, o.Slug)
	k.OrgID, k.ID, k.Hint, k.CreatedAt = o.ID, typeid.New("key"), access.HintOf(token), now
	if err := st.CreateAPIKey(ctx, k, access.Hash(token)); err != nil {
		return k, "", fmt.Errorf("keep the key: %w", err)
	}
	return k, token, nil
}

func (sh *shell) pinCommand() *cobra.Command {
	var slug, who, file string
	c := &cobra.Command{
		Use: "set", Short: "Set the PIN with which a member of staff signs in at a till", Args: cobra.NoArgs,
		Long: `Sets the PIN of a member of staff. The PIN is read from --pin-file or from standard
input, never from the command line, where other users of the machine can see it.`,
		RunE: func(c *cobra.Command, _ []string) error {
			pin, err := sh.readPIN(file)
			if err != nil {
				return err
			}
			return sh.withStore(c.Context(), func(st *store.Store) error { return sh.setPIN(c.Context(), st, slug, who, pin) })
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization (default: the only one)")
	c.Flags().StringVar(&who, "staff", "", "id or e-mail address of the member of staff")
	c.Flags().StringVar(&file, "pin-file", "", "file that holds the PIN (default: standard input)")
	_ = c.MarkFlagRequired("staff") // the flag is there
	return group("pin", "Set PINs of staff", c)
}

// readPIN asks without an echo on a terminal and otherwise reads one line.
func (sh *shell) readPIN(path string) (string, error) {
	pin := ""
	switch {
	case path != "":
		secret, err := readSecret(path)
		if err != nil {
			return "", err
		}
		pin = secret
	case isTerminal(sh.in):
		fmt.Fprint(sh.err, "PIN: ")
		b, err := term.ReadPassword(int(sh.in.(*os.File).Fd())) //nolint:errcheck // isTerminal has seen that it is a file
		fmt.Fprintln(sh.err)
		if err != nil {
			return "", failf("the PIN cannot be read: %w", err)
		}
		pin = string(b)
	default:
		line, err := bufio.NewReader(io.LimitReader(sh.in, maxSecretBytes)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", failf("the PIN cannot be read: %w", err)
		}
		pin = strings.TrimRight(line, "\r\n")
	}
	if err := access.CheckPIN(pin); err != nil {
		return "", usagef("%w", err).hint("Give it by --pin-file or standard input.")
	}
	return pin, nil
}

func (sh *shell) setPIN(ctx context.Context, st *store.Store, slug, who, pin string) error {
	o, err := findOrganization(ctx, st, slug)
	if err != nil {
		return err
	}
	s, err := findStaff(ctx, st, o.ID, who)
	if err != nil {
		return err
	}
	if err := st.SetPIN(ctx, o.ID, s.ID, access.HashPIN(pin)); err != nil {
		return fmt.Errorf("keep the PIN: %w", err)
	}
	return sh.show(map[string]string{"staff_id": s.ID}, func(w io.Writer) { fmt.Fprintf(w, "%s has a new PIN.\n", s.Name) })
}

func (sh *shell) tillCommand() *cobra.Command {
	var slug, location, name string
	c := &cobra.Command{
		Use: "pair", Short: "Print a code by which one device becomes a till", Args: cobra.NoArgs,
		Long: fmt.Sprintf(`Prints a code to type into a new till. It works once and for %s.`, pairingLife),
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withStore(c.Context(), func(st *store.Store) error { return sh.pairTill(c.Context(), st, slug, location, name) })
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization (default: the only one)")
	c.Flags().StringVar(&location, "location", "", "id or name of the location (default: the only one)")
	c.Flags().StringVar(&name, "name", "Till", "name of the till")
	return group("till", "Pair tills", c)
}

func (sh *shell) pairTill(ctx context.Context, st *store.Store, slug, location, name string) error {
	if err := organization.CheckLine("name", name, organization.MaxNameLen, true); err != nil {
		return usagef("%w", err)
	}
	o, err := findOrganization(ctx, st, slug)
	if err != nil {
		return err
	}
	l, err := findLocation(ctx, st, o.ID, location)
	if err != nil {
		return err
	}
	code, now := access.NewPairingCode(o.Slug), sh.clock()
	pairing := access.PairingCode{
		OrgID: o.ID, Name: name, LocationID: l.ID, CodeHash: access.Hash(code),
		CreatedAt: now, ExpiresAt: now + access.PairingCodeLife.Milliseconds(),
	}
	if err := st.CreatePairingCode(ctx, pairing); err != nil {
		return fmt.Errorf("keep the code: %w", err)
	}
	url := sh.links().till()
	result := map[string]string{"code": code, "url": url, "location_id": l.ID, "expires_at": instant(pairing.ExpiresAt)}
	return sh.show(result, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", code)
		fmt.Fprintf(sh.err, "Type it at %s within %s; the till will be at %s.\n", url, pairingLife, l.Name)
	})
}

// instant is how instants are shown.
func instant(at int64) string { return time.UnixMilli(at).UTC().Format(time.RFC3339) }
