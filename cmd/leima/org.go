package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/paging"
	"github.com/leima/leima/store"
	"github.com/leima/leima/typeid"
)

func (sh *shell) orgCommand() *cobra.Command {
	return group("org", "Create and show organizations", sh.orgCreateCommand(), sh.orgListCommand(), sh.orgShowCommand(), sh.removeDemoCommand())
}

// newOrg is what “org create” is asked for.
type newOrg struct {
	org                          organization.Organization
	location, owner, ownerEmail  string
	program, reward, rewardValid string
	goal                         int
}

// createdOrg is what it made.
type createdOrg struct {
	OrgID      string `json:"org_id"`
	Slug       string `json:"slug"`
	LocationID string `json:"location_id,omitempty"`
	OwnerID    string `json:"owner_id,omitempty"`
	ProgramID  string `json:"program_id,omitempty"`
	JoinURL    string `json:"join_url,omitempty"`
}

const orgCreateHelp = `Creates an organization: the business whose name the cards bear. The flags after it
make its first location, its owner and a stamp program at once:

  leima org create --slug kulma --name "Kulman apteekki" --country FI --locale fi \
    --zone Europe/Helsinki --location "Kulma" --owner "Aino Aalto" \
    --owner-email aino@example.org --program "Leimakortti" --goal 10 \
    --reward "Valitse lahja" --reward-valid P6M

Then “leima sign-in --staff aino@example.org” prints the owner's link to sign in.`

func (sh *shell) orgCreateCommand() *cobra.Command {
	var n newOrg
	c := &cobra.Command{
		Use: "create", Short: "Create an organization, with a location, owner and program if asked", Long: orgCreateHelp,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return sh.createOrg(c.Context(), n) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&n.org.Slug, "slug", "", "name in addresses: lower-case letters, digits, hyphens; cannot be changed later")
	f.StringVar(&n.org.Name, "name", "", "name as customers know it")
	f.StringVar(&n.org.Country, "country", "FI", "ISO 3166-1 code; phone numbers without + are of this country")
	f.StringVar(&n.org.Locale, "locale", "en", "language of pages where the visitor's is not offered")
	f.StringVar(&n.org.Zone, "zone", "Europe/Helsinki", "IANA time zone, by which days are counted")
	f.StringVar(&n.org.Brand.Color, "color", "#0b6e4f", "brand colour")
	f.StringVar(&n.location, "location", "", "name of the first location (default: that of the organization)")
	f.StringVar(&n.owner, "owner", "", "name of the owner (default \"Owner\")")
	f.StringVar(&n.ownerEmail, "owner-email", "", "e-mail address of the owner")
	f.StringVar(&n.program, "program", "", "name of the stamp program")
	f.IntVar(&n.goal, "goal", 10, "stamps on a full card")
	f.StringVar(&n.reward, "reward", "", "what a full card gives")
	f.StringVar(&n.rewardValid, "reward-valid", "", "how long the reward can be used, such as P6M or P90D (default: for ever)")
	_ = c.MarkFlagRequired("slug") // both flags are there
	_ = c.MarkFlagRequired("name")
	return c
}

// orgParts are the values of a new organization.
type orgParts struct {
	org       organization.Organization
	locations []organization.Location
	staff     []organization.Staff
	programs  []loyalty.Program
}

// parts makes the values of n. All are checked before the first of them is stored.
func (n newOrg) parts(now int64) (orgParts, error) {
	o := n.org
	o.ID, o.Version, o.CreatedAt = typeid.New("org"), 1, now
	problems := []error{o.Validate()}
	var made orgParts
	// Without a location nothing can be stamped and without an owner nobody can sign in
	// to add one, so there always are both.
	n.location = cmp.Or(n.location, n.org.Name)
	if n.ownerEmail == "" {
		n.owner = cmp.Or(n.owner, "Owner")
	}
	if n.location != "" { // else the organization has no name, which is said already
		l := organization.Location{OrgID: o.ID, ID: typeid.New("loc"), Name: n.location, Version: 1, CreatedAt: now}
		made.locations, problems = append(made.locations, l), append(problems, l.Validate())
	}
	owner := organization.Staff{
		OrgID: o.ID, ID: typeid.New("stf"), Name: n.owner, Email: n.ownerEmail, Role: organization.RoleOwner,
		Locale: o.Locale, Active: true, Version: 1, CreatedAt: now,
	}
	made.staff, problems = append(made.staff, owner), append(problems, owner.Validate())
	if n.program != "" {
		if n.reward == "" {
			problems = append(problems, errors.New("a program needs --reward: what a full card gives"))
		}
		valid, err := loyalty.ParsePeriod(n.rewardValid)
		p := loyalty.Program{
			OrgID: o.ID, ID: typeid.New("prog"), Name: loyalty.Text{o.Locale: n.program}, Status: loyalty.ProgramActive,
			Version: 1, Goal: n.goal, CreatedAt: now,
			Rewards: []loyalty.Reward{{
				ID: typeid.New("rew"), Kind: loyalty.RewardMain, Name: loyalty.Text{o.Locale: n.reward}, ValidFor: valid,
			}},
		}
		made.programs, problems = append(made.programs, p), append(problems, err, p.Validate())
	}
	made.org = o
	return made, errors.Join(problems...)
}

func (sh *shell) createOrg(ctx context.Context, n newOrg) error {
	parts, err := n.parts(sh.clock())
	if err != nil {
		return usagef("%w", err)
	}
	return sh.withStore(ctx, func(st *store.Store) error { return sh.storeOrg(ctx, st, parts) })
}

// storeOrg keeps the parts of a new organization and says what was made.
func (sh *shell) storeOrg(ctx context.Context, st *store.Store, parts orgParts) error {
	o := parts.org
	if err := st.CreateOrganization(ctx, o); err != nil {
		if errors.Is(err, organization.ErrTaken) {
			return failf("there is an organization with the slug %q already", o.Slug).hint("Choose another --slug.")
		}
		return fmt.Errorf("create the organization: %w", err)
	}
	made := createdOrg{OrgID: o.ID, Slug: o.Slug}
	for _, l := range parts.locations {
		if err := st.CreateLocation(ctx, l); err != nil {
			return fmt.Errorf("create the location: %w", err)
		}
		made.LocationID = l.ID
	}
	for _, s := range parts.staff {
		if err := st.CreateStaff(ctx, s); err != nil {
			return fmt.Errorf("create the owner: %w", err)
		}
		made.OwnerID = s.ID
	}
	for _, p := range parts.programs {
		if err := st.CreateProgram(ctx, p); err != nil {
			return fmt.Errorf("create the program: %w", err)
		}
		made.ProgramID = p.ID
		made.JoinURL = sh.links().join(o.Slug, p.ID)
	}
	return sh.show(made, func(w io.Writer) {
		fmt.Fprintf(w, "Organization %s (%s) is there.\n", o.Name, o.ID)
		for _, l := range parts.locations {
			fmt.Fprintf(w, "Location %s (%s).\n", l.Name, l.ID)
		}
		for _, s := range parts.staff {
			fmt.Fprintf(w, "Owner %s (%s). Next: leima sign-in --org %s --staff %s\n", s.Name, s.ID, o.Slug, s.ID)
		}
		for _, p := range parts.programs {
			fmt.Fprintf(w, "Program %s (%s). Customers join at %s\n", p.Name.In(o.Locale, o.Locale), p.ID, made.JoinURL)
		}
	})
}

func (sh *shell) orgListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the organizations", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withStore(c.Context(), func(st *store.Store) error {
				all, err := st.Organizations(c.Context())
				if err != nil {
					return fmt.Errorf("read organizations: %w", err)
				}
				rows := make([]map[string]string, 0, len(all))
				for _, o := range all {
					rows = append(rows, map[string]string{"id": o.ID, "slug": o.Slug, "name": o.Name})
				}
				return sh.show(map[string]any{"organizations": rows}, func(w io.Writer) {
					table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
					for _, o := range all {
						fmt.Fprintf(table, "%s\t%s\t%s\n", o.Slug, o.Name, o.ID)
					}
					_ = table.Flush() // words for a person
				})
			})
		},
	}
}

func (sh *shell) orgShowCommand() *cobra.Command {
	var slug string
	c := &cobra.Command{
		Use: "show", Short: "Show an organization with its locations and staff", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return sh.withStore(c.Context(), func(st *store.Store) error { return sh.showOrg(c.Context(), st, slug) })
		},
	}
	c.Flags().StringVar(&slug, "org", "", "slug of the organization (default: the only one)")
	return c
}

func (sh *shell) showOrg(ctx context.Context, st *store.Store, slug string) error {
	type part struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Role  string `json:"role,omitempty"`
		Email string `json:"email,omitempty"`
	}
	o, err := findOrganization(ctx, st, slug)
	if err != nil {
		return err
	}
	locations, staff := []part{}, []part{}
	err = each(func(p paging.Page) (paging.List[organization.Location], error) { return st.Locations(ctx, o.ID, p) },
		func(l organization.Location) bool {
			locations = append(locations, part{ID: l.ID, Name: l.Name})
			return true
		})
	if err != nil {
		return err
	}
	err = each(func(p paging.Page) (paging.List[organization.Staff], error) { return st.StaffList(ctx, o.ID, p) },
		func(s organization.Staff) bool {
			staff = append(staff, part{ID: s.ID, Name: s.Name, Role: string(s.Role), Email: s.Email})
			return true
		})
	if err != nil {
		return err
	}
	result := map[string]any{"id": o.ID, "slug": o.Slug, "name": o.Name, "locations": locations, "staff": staff}
	return sh.show(result, func(w io.Writer) {
		fmt.Fprintf(w, "%s (%s)\n", o.Name, o.ID)
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, l := range locations {
			fmt.Fprintf(table, "location\t%s\t%s\n", l.Name, l.ID)
		}
		for _, s := range staff {
			fmt.Fprintf(table, "%s\t%s %s\t%s\n", s.Role, s.Name, s.Email, s.ID)
		}
		_ = table.Flush() // words for a person
	})
}
