package api

import (
	"github.com/leima/leima/api/contract"
	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

func programView(p loyalty.Program) contract.Program {
	return contract.Program{
		ID: p.ID, Name: p.Name, Status: contract.ProgramStatus(p.Status), Goal: p.Goal, WelcomeStamps: p.WelcomeStamps,
		Limits: contract.Limits{
			MaxPerScan: p.Limits.MaxPerScan, MaxPerCardDay: p.Limits.MaxPerCardDay,
			CoolDownSeconds: int(p.Limits.CoolDown.Seconds()), MaxPerStaffDay: p.Limits.MaxPerStaffDay,
			RedeemOffline: p.Limits.RedeemOffline,
		},
		RedeemCode: redeemCodeView(p), Rewards: each(p.Rewards, rewardView),
		StartsAt: optionalInstant(p.StartsAt), EndsAt: optionalInstant(p.EndsAt),
		Version: p.Version, CreatedAt: instant(p.CreatedAt),
	}
}

func redeemCodeView(p loyalty.Program) contract.RedeemCode {
	if p.RedeemCode == "" {
		return contract.RedeemCode(loyalty.RedeemStatic)
	}
	return contract.RedeemCode(p.RedeemCode)
}

func rewardView(r loyalty.Reward) contract.Reward {
	return contract.Reward{
		ID: r.ID, Kind: contract.RewardKind(r.Kind), Name: r.Name, At: optional(r.At), ValidFor: optional(r.ValidFor.String()),
	}
}

func statsView(s customer.Stats) contract.ProgramStats {
	return contract.ProgramStats{
		Cards: s.Cards, CardsProvisional: s.Provisional, Stamps: s.Stamps, Entries: s.Entries,
		CouponsIssued: s.CouponsIssued, CouponsRedeemed: s.CouponsRedeemed, CouponsExpired: s.CouponsExpired,
		CouponsReversed: s.CouponsReversed, CouponsOpen: s.CouponsOpen,
		Days: each(s.Days, func(d customer.DayStats) contract.DayStats {
			return contract.DayStats{
				Day: day(d.Day), Stamps: d.Stamps, CouponsIssued: d.CouponsIssued, CouponsRedeemed: d.CouponsRedeemed, NewCards: d.NewCards,
			}
		}),
	}
}
