package pass

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/leima/leima/loyalty"
	"github.com/leima/leima/organization"
	"github.com/leima/leima/wallet/google"
	"github.com/leima/leima/wallet/strip"
)

// GooglePath is below the public address what is there for Google: callbacks, and the
// pictures of cards.
const GooglePath = "/google/"

// emblemPoints is the side of a stamp that stands for a logo: its largest scale is
// strip.RoundSide pixels.
const emblemPoints = strip.RoundSide / 3

// foreverSeconds is how long a picture may be kept whose address names what it shows.
const foreverSeconds = 365 * 24 * 60 * 60

// lookOf names all that the pictures of a program have in common: with it they get new
// addresses, and Google fetches them anew.
func lookOf(org organization.Organization, p loyalty.Program) string {
	return fmt.Sprintf("%d-%d-%d", org.Version, org.Brand.LogoVersion, p.Version)
}

func (g *Google) base(org organization.Organization) string {
	return g.BaseURL + GooglePath + url.PathEscape(org.Slug)
}

func (g *Google) logoAddress(org organization.Organization) string {
	return fmt.Sprintf("%s/logo/%d-%d.png", g.base(org), org.Version, org.Brand.LogoVersion)
}

// hero returns the picture of a card with so many stamps. The size of the card is part of
// its address: a card that was begun keeps its size when the program's grows.
func (g *Google) hero(org organization.Organization, p loyalty.Program, goal, balance int) (*google.Image, error) {
	count := min(max(balance, 0), goal)
	if goal > strip.MaxSize {
		goal, count = 0, 0 // plain: its places would be too small to see
	}
	address, err := google.HeroURL(g.base(org)+"/hero/"+p.ID, fmt.Sprintf("%s-%d", lookOf(org, p), goal), count)
	if err != nil {
		return nil, fmt.Errorf("address of picture: %w", err)
	}
	return &google.Image{SourceURI: google.ImageURI{URI: address}}, nil
}

// ServeHTTP answers Google: callbacks, and pictures by their addresses, also of looks that
// have passed, as they are now.
func (g *Google) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, _ := strings.CutPrefix(r.URL.Path, GooglePath)
	if rest == "callbacks" {
		g.callbacks.ServeHTTP(w, r)
		return
	}
	picture, current, err := g.picture(r.Context(), strings.Split(rest, "/"))
	switch {
	case errors.Is(err, loyalty.ErrNotFound), errors.Is(err, organization.ErrNotFound):
		http.NotFound(w, r)
	case err != nil:
		g.Log.LogAttrs(r.Context(), slog.LevelError, "picture for Google Wallet", slog.Any("error", err))
		http.Error(w, "try again later", http.StatusInternalServerError)
	default:
		h := w.Header()
		h.Set("Content-Type", "image/png")
		h.Set("Content-Length", strconv.Itoa(len(picture)))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "public, max-age=60")
		if current {
			h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d, immutable", foreverSeconds))
		}
		w.WriteHeader(http.StatusOK)
		if r.Method != http.MethodHead {
			_, _ = w.Write(picture) //nolint:gosec // a PNG that we drew; whoever hung up needs none
		}
	}
}

// picture returns what is at an address: slug/logo/LOOK.png, or
// slug/hero/PROGRAM/LOOK-GOAL/COUNT.png. current tells that the look is that of now.
func (g *Google) picture(ctx context.Context, path []string) (picture []byte, current bool, err error) {
	const logoParts, heroParts = 3, 5
	if (len(path) != logoParts || path[1] != "logo") && (len(path) != heroParts || path[1] != "hero") || !organization.ValidSlug(path[0]) {
		return nil, false, loyalty.ErrNotFound
	}
	org, err := g.Store.OrganizationBySlug(ctx, path[0])
	if err != nil {
		return nil, false, fmt.Errorf("read organization of picture: %w", err)
	}
	if path[1] == "logo" {
		picture, err = g.logo(ctx, org)
		return picture, path[2] == fmt.Sprintf("%d-%d.png", org.Version, org.Brand.LogoVersion), err
	}
	name, isPNG := strings.CutSuffix(path[4], ".png")
	count, err := strconv.Atoi(name)
	if err != nil || !isPNG || count < 0 || count > strip.MaxSize {
		return nil, false, loyalty.ErrNotFound
	}
	const lookParts = 3
	look := strings.Split(path[3], "-")
	goal, err := strconv.Atoi(look[len(look)-1])
	if err != nil || len(look) != lookParts+1 || goal < 0 || goal > strip.MaxSize || count > goal {
		return nil, false, loyalty.ErrNotFound
	}
	program, err := g.Store.Program(ctx, org.ID, path[2])
	if err != nil {
		return nil, false, fmt.Errorf("read program of picture: %w", err)
	}
	picture, err = g.drawHero(org, program, goal, count)
	return picture, path[3] == fmt.Sprintf("%s-%d", lookOf(org, program), goal), err
}

// stripDesign is how the stamps of the program look on a card of the size.
func stripDesign(org organization.Organization, version string, goal int) (strip.Design, error) {
	paper, err := strip.ParseColor(org.Brand.Color)
	if err != nil {
		return strip.Design{}, fmt.Errorf("colour of the brand: %w", err)
	}
	return strip.Design{Version: version, Size: goal, Paper: paper, Ink: textOn(paper)}, nil
}

func (g *Google) drawHero(org organization.Organization, p loyalty.Program, goal, count int) ([]byte, error) {
	version := fmt.Sprintf("%s/%s/%s/%d", org.ID, p.ID, lookOf(org, p), goal)
	key := fmt.Sprintf("%s/%d", version, count)
	if found, ok := g.pictures.Get(key); ok {
		return found, nil
	}
	d, err := stripDesign(org, version, goal)
	if err != nil {
		return nil, err
	}
	drawn, err := g.strips.Draw(d, count)
	if err != nil {
		return nil, fmt.Errorf("draw stamps: %w", err)
	}
	picture, err := drawn.Hero()
	if err != nil {
		return nil, fmt.Errorf("draw stamps: %w", err)
	}
	g.pictures.Put(key, picture)
	return picture, nil
}

// logo is the organization's on white, or a stamp for one that has none that can be used.
func (g *Google) logo(ctx context.Context, org organization.Organization) ([]byte, error) {
	key := fmt.Sprintf("%s/logo/%d-%d", org.ID, org.Version, org.Brand.LogoVersion)
	if found, ok := g.pictures.Get(key); ok {
		return found, nil
	}
	picture, err := g.drawLogo(ctx, org, key)
	if err != nil {
		return nil, err
	}
	g.pictures.Put(key, picture)
	return picture, nil
}

func (g *Google) drawLogo(ctx context.Context, org organization.Organization, version string) ([]byte, error) {
	if org.Brand.LogoType != "" {
		data, _, err := g.Store.Logo(ctx, org.ID)
		if err != nil && !errors.Is(err, organization.ErrNotFound) {
			return nil, fmt.Errorf("read logo: %w", err)
		}
		if art, err := strip.ReadArtwork(data); err == nil {
			return art.Round(strip.Color{R: 0xff, G: 0xff, B: 0xff})
		}
	}
	d, err := stripDesign(org, version, 0)
	if err != nil {
		return nil, err
	}
	scales, err := strip.Emblem(d, emblemPoints)
	if err != nil {
		return nil, fmt.Errorf("draw stamp for logo: %w", err)
	}
	return scales[len(scales)-1], nil
}
