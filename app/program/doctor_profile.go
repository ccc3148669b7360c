package program

import (
	"cmp"

	"linecard/app/checkup"
	"linecard/app/profile"
	"linecard/fault"
)

// checkProfile is the doctor's look at the administrator's settings: which ones apply, and whether others are mistaken for them.
func (p *Program) checkProfile() []checkup.Finding {
	now, source, kept, lacks := p.profile.Now(), p.profile.Source(), p.KeptProfile(), p.agents.trouble()
	if now == nil && kept.Offered == nil && len(kept.Others) == 0 {
		return nil
	}
	f := checkup.Finding{Check: "profile.check", Detail: fault.New("profile.check-none"), Minor: true}
	by := ""
	if now != nil {
		by = cmp.Or(now.Title(), profile.OrgFileName)
	}
	taken := kept.Taken
	switch {
	case source == profile.Installed:
		f.Detail = fault.New("profile.check-installed", "by", by)
	case source == profile.Imported:
		f.Detail = fault.New("profile.check-imported", "by", by)
	case source == profile.FromOrg && taken != nil:
		f.Org, f.Detail = taken.Org, fault.New("profile.check-from-org", "by", cmp.Or(now.Title(), taken.ByName), "org", taken.OrgName, "who", taken.ByName)
	}
	switch {
	case now != nil && now.Agent != nil && !lacks.IsZero():
		f.Remedy = lacks
	case kept.Offered != nil:
		f.Org, f.Remedy = kept.Offered.Org, fault.New("profile.check-offered", "who", kept.Offered.ByName, "org", kept.Offered.OrgName)
	case len(kept.Others) > 0:
		var who []string
		for _, v := range kept.Others {
			who = append(who, v.ByName)
		}
		f.Org, f.Remedy = kept.Others[0].Org, fault.New("profile.check-several", "org", kept.Others[0].OrgName, "who", who)
	case source == profile.FromOrg && taken != nil && p.links.Of(taken.Org, "") == nil:
		f.Remedy = fault.New("profile.check-unlinked", "org", taken.OrgName)
	default:
		f.OK, f.Minor = true, false
	}
	return []checkup.Finding{f}
}
