package apple

import (
	"fmt"

	"github.com/leima/leima/wallet/recent"
	"github.com/leima/leima/wallet/strip"
)

// CacheLimits bound what a Maker keeps. Zero values take the defaults.
type CacheLimits struct {
	Passes, PassesBytes int // finished passes
	Strips, StripsBytes int // pictures with stamps
}

// Defaults of CacheLimits.
const (
	defaultPasses      = 10_000
	defaultPassesBytes = 256 << 20
	defaultStrips      = 4096
	defaultStripsBytes = 64 << 20
)

// Maker makes passes with one identity. It keeps finished ones, and the pictures in them,
// within its limits, and may be used by many goroutines.
type Maker struct {
	identity *Identity
	presses  *strip.Cache
	strips   *recent.Cache[stripKey, *Images]
	passes   *recent.Cache[passKey, *Pass]
}

type stripKey struct {
	version string
	count   int
}

type passKey struct {
	design  string
	serial  string
	version int64
}

// Pass is a finished pass.
type Pass struct {
	Serial string
	// Version is that of the card it shows.
	Version int64
	// Package is the signed file (MediaType). Nobody may change it.
	Package []byte
}

// NewMaker returns a maker with empty caches.
func NewMaker(identity *Identity, limits CacheLimits) *Maker {
	or := func(n, otherwise int) int {
		if n == 0 {
			return otherwise
		}
		return n
	}
	return &Maker{
		identity: identity, presses: strip.NewCache(),
		strips: recent.New[stripKey](or(limits.Strips, defaultStrips), or(limits.StripsBytes, defaultStripsBytes),
			func(i *Images) int {
				sum := 0
				for _, f := range i.files {
					sum += len(f.data)
				}
				return sum
			}),
		passes: recent.New[passKey](or(limits.Passes, defaultPasses), or(limits.PassesBytes, defaultPassesBytes),
			func(p *Pass) int { return len(p.Package) }),
	}
}

// Template is a design that was checked, with the files that all of its passes have.
type Template struct {
	design     Design
	vocabulary *vocabulary
	files      []file
}

// NewTemplate checks a design. Errors are in ErrDesign and name the field.
func NewTemplate(d Design) (*Template, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := d.Strip.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDesign, err)
	}
	d = d.cleaned()
	t := &Template{design: d, vocabulary: newVocabulary(d), files: d.Icon.named("icon")}
	if d.Logo != nil {
		t.files = append(t.files, d.Logo.named("logo")...)
	}
	return t, nil
}

// Pass returns the pass of a card, made now or earlier. What is kept is found by the
// versions of the design and the card: a caller that changes anything raises one of them.
// Errors are in ErrCard or ErrDesign.
func (m *Maker) Pass(t *Template, c Card) (*Pass, error) {
	key := passKey{t.design.Version, c.Serial, c.Version}
	if found, ok := m.passes.Get(key); ok {
		return found, nil
	}
	made, err := m.make(t, c)
	if err != nil {
		return nil, err
	}
	m.passes.Put(key, made)
	return made, nil
}

// Made returns the pass of a card in a version if it was made before and is still there:
// whoever has to read much to describe the card asks first.
func (m *Maker) Made(t *Template, serial string, version int64) (*Pass, bool) {
	return m.passes.Get(passKey{t.design.Version, serial, version})
}

func (m *Maker) make(t *Template, c Card) (*Pass, error) {
	if err := c.check(t.design); err != nil {
		return nil, err
	}
	pictures, err := m.strip(t.design.Strip, c.Stamps)
	if err != nil {
		return nil, err
	}
	w, err := write(m.identity.PassType, m.identity.Team, t, c)
	if err != nil {
		return nil, err
	}
	files := append([]file{newFile("pass.json", w.document)}, w.strings...)
	files = append(files, t.files...)
	files = append(files, pictures.named("strip")...)
	packed, err := m.identity.pack(files)
	if err != nil {
		return nil, err
	}
	if len(packed) > MaxPackageBytes {
		return nil, fmt.Errorf("%w: pass of %d bytes: want at most %d", ErrDesign, len(packed), MaxPackageBytes)
	}
	return &Pass{Serial: c.Serial, Version: c.Version, Package: packed}, nil
}

// strip returns the pictures with so many stamps.
func (m *Maker) strip(d strip.Design, count int) (*Images, error) {
	key := stripKey{d.Version, min(count, d.Size)}
	if found, ok := m.strips.Get(key); ok {
		return found, nil
	}
	drawn, err := m.presses.Draw(d, count)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDesign, err)
	}
	var images Images
	for i, data := range drawn.PNG {
		images.files[i] = newFile("", data)
	}
	m.strips.Put(key, &images)
	return &images, nil
}

// MakerStats are how full the caches of a maker are and how often they helped.
type MakerStats struct{ Passes, Strips recent.Stats }

// Stats returns the figures of now.
func (m *Maker) Stats() MakerStats {
	return MakerStats{Passes: m.passes.Stats(), Strips: m.strips.Stats()}
}
