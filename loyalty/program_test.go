package loyalty_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/leima/leima/loyalty"
)

func TestAProgramIsChecked(t *testing.T) {
	reward := func(kind loyalty.RewardKind, at int) loyalty.Reward {
		return loyalty.Reward{ID: "rew", Kind: kind, At: at, Name: loyalty.Text{"en": "Sample"}}
	}
	for _, c := range []struct {
		name      string
		change    func(p *loyalty.Program)
		wantField string // "" is a good program
	}{
		{"a plain card", func(*loyalty.Program) {}, ""},
		{"no name", func(p *loyalty.Program) { p.Name = nil }, "name"},
		{"an empty name in one language", func(p *loyalty.Program) { p.Name = loyalty.Text{"en": "Stamps", "fi": " "} }, "name"},
		{"the longest name", func(p *loyalty.Program) { p.Name = loyalty.Text{"en": strings.Repeat("n", loyalty.MaxNameLen)} }, ""},
		{"a longer name", func(p *loyalty.Program) { p.Name = loyalty.Text{"en": strings.Repeat("n", loyalty.MaxNameLen+1)} }, "name"},
		{"the smallest card", func(p *loyalty.Program) { p.Goal = loyalty.MinGoal }, ""},
		{"a smaller card", func(p *loyalty.Program) { p.Goal = loyalty.MinGoal - 1 }, "goal"},
		{"the largest card", func(p *loyalty.Program) { p.Goal = loyalty.MaxGoal }, ""},
		{"a larger card", func(p *loyalty.Program) { p.Goal = loyalty.MaxGoal + 1 }, "goal"},
		{"a whole card as welcome", func(p *loyalty.Program) { p.WelcomeStamps = p.Goal }, ""},
		{"more than a card as welcome", func(p *loyalty.Program) { p.WelcomeStamps = p.Goal + 1 }, "welcome_stamps"},
		{"less than nothing as welcome", func(p *loyalty.Program) { p.WelcomeStamps = -1 }, "welcome_stamps"},
		{"all limits", func(p *loyalty.Program) {
			p.Limits = loyalty.Limits{MaxPerScan: loyalty.MaxQuantity, MaxPerCardDay: 1, CoolDown: time.Hour, MaxPerStaffDay: 1}
		}, ""},
		{"a limit per scan below nothing", func(p *loyalty.Program) { p.Limits.MaxPerScan = -1 }, "limits.max_per_scan"},
		{"a limit per scan that nobody can reach", func(p *loyalty.Program) { p.Limits.MaxPerScan = loyalty.MaxQuantity + 1 }, "limits.max_per_scan"},
		{"a limit per day below nothing", func(p *loyalty.Program) { p.Limits.MaxPerCardDay = -1 }, "limits.max_per_card_day"},
		{"a cool-down below nothing", func(p *loyalty.Program) { p.Limits.CoolDown = -1 }, "limits.cool_down_seconds"},
		{"a cashier's limit below nothing", func(p *loyalty.Program) { p.Limits.MaxPerStaffDay = -1 }, "limits.max_per_staff_day"},
		{"one millisecond long", func(p *loyalty.Program) { p.StartsAt, p.EndsAt = monday, monday+1 }, ""},
		{"ended before it began", func(p *loyalty.Program) { p.StartsAt, p.EndsAt = monday, monday }, "ends_at"},
		{"without a beginning", func(p *loyalty.Program) { p.EndsAt = monday }, ""},
		{"no reward", func(p *loyalty.Program) { p.Rewards = nil }, "rewards"},
		{"two main rewards", func(p *loyalty.Program) { p.Rewards = append(p.Rewards, reward(loyalty.RewardMain, 0)) }, "rewards"},
		{"milestones from the first stamp to the last but one", func(p *loyalty.Program) {
			p.Rewards = append(p.Rewards, reward(loyalty.RewardMilestone, 1), reward(loyalty.RewardMilestone, 9))
		}, ""},
		{"a milestone at no stamp", func(p *loyalty.Program) { p.Rewards = append(p.Rewards, reward(loyalty.RewardMilestone, 0)) }, "rewards[1].at"},
		{"a milestone at the full card", func(p *loyalty.Program) { p.Rewards = append(p.Rewards, reward(loyalty.RewardMilestone, 10)) }, "rewards[1].at"},
		{"two milestones at one stamp", func(p *loyalty.Program) {
			p.Rewards = append(p.Rewards, reward(loyalty.RewardMilestone, 5), reward(loyalty.RewardMilestone, 5))
		}, "rewards[2].at"},
		{"several welcome rewards", func(p *loyalty.Program) {
			p.Rewards = append(p.Rewards, reward(loyalty.RewardWelcome, 0), reward(loyalty.RewardWelcome, 0))
		}, ""},
		{"a reward of no kind", func(p *loyalty.Program) { p.Rewards = append(p.Rewards, reward("surprise", 0)) }, "rewards[1].kind"},
		{"a reward without a name", func(p *loyalty.Program) { p.Rewards[0].Name = nil }, "rewards[0].name"},
		{"a reward with too long a name", func(p *loyalty.Program) {
			p.Rewards[0].Name = loyalty.Text{"fi": strings.Repeat("ä", loyalty.MaxNameLen/2+1)}
		}, "rewards[0].name"},
		{"a reward for less than no time", func(p *loyalty.Program) { p.Rewards[0].ValidFor.Days = -1 }, "rewards[0].valid_for"},
		{"a reward for less than no months", func(p *loyalty.Program) { p.Rewards[0].ValidFor.Months = -1 }, "rewards[0].valid_for"},
		{"a reward for a lifetime", func(p *loyalty.Program) { p.Rewards[0].ValidFor.Months = loyalty.MaxPeriodMonths + 1 }, "rewards[0].valid_for"},
		{"a reward for a lifetime of days", func(p *loyalty.Program) { p.Rewards[0].ValidFor.Days = loyalty.MaxPeriodDays + 1 }, "rewards[0].valid_for"},
		{"the most rewards", func(p *loyalty.Program) {
			for len(p.Rewards) < loyalty.MaxRewards {
				p.Rewards = append(p.Rewards, reward(loyalty.RewardWelcome, 0))
			}
		}, ""},
		{"more rewards", func(p *loyalty.Program) {
			for len(p.Rewards) <= loyalty.MaxRewards {
				p.Rewards = append(p.Rewards, reward(loyalty.RewardWelcome, 0))
			}
		}, "rewards"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := cardOf(10)
			c.change(&p)
			err := p.Validate()
			if c.wantField == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var invalid *loyalty.InvalidProgramError
			if !errors.As(err, &invalid) {
				t.Fatalf("the answer is %v, want an InvalidProgramError", err)
			}
			if invalid.Field != c.wantField || invalid.Reason == "" || !strings.HasPrefix(err.Error(), c.wantField+": ") {
				t.Errorf("the answer is %q about %q, want %q", err, invalid.Field, c.wantField)
			}
		})
	}
}

func TestMainIsFoundWhereverItStands(t *testing.T) {
	p := cardOf(10, milestone(5))
	p.Rewards[0], p.Rewards[1] = p.Rewards[1], p.Rewards[0]
	if got := p.Main().ID; got != "rew_main" {
		t.Errorf("the main reward is %s", got)
	}
}

func TestTextFallsBack(t *testing.T) {
	text := loyalty.Text{"fi": "kortti", "en": "card", "pl": ""}
	for _, c := range []struct {
		text             loyalty.Text
		locale, fallback string
		want             string
	}{
		{text, "fi", "en", "kortti"},
		{text, "sv", "fi", "kortti"},
		{text, "sv", "de", "card"},
		{text, "pl", "", "card"},
		{loyalty.Text{"ru": "карта", "de": "Karte"}, "sv", "fi", "Karte"},
		{loyalty.Text{"ru": "карта", "de": ""}, "sv", "fi", "карта"},
		{loyalty.Text{}, "fi", "en", ""},
		{nil, "fi", "en", ""},
	} {
		if got := c.text.In(c.locale, c.fallback); got != c.want {
			t.Errorf("%v in %q, else %q, is %q, want %q", c.text, c.locale, c.fallback, got, c.want)
		}
	}
}
