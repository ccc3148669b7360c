package program

import (
	"cmp"

	"linecard/app/profile"
	"linecard/fault"
)

// checkProfile is the doctor's look at the administrator's settings: which ones apply, and whether others are mistaken for them.
func (p *Program) checkProfile() []finding {
	now, source, kept, lacks := p.profile.Now(), p.profile.Source(), p.KeptProfile(), p.agents.trouble()
	if now == nil && kept.Offered == nil && len(kept.Others) == 0 {
		return nil
	}
	f := finding{check: "profile.check", detail: fault.New("profile.check-none"), minor: true}
	by := ""
	if now != nil {
		by = cmp.Or(now.Title(), profile.OrgFileName)
	}
	taken := kept.Taken
	switch {
	case source == profile.Installed:
		f.detail = fault.New("profile.check-installed", "by", by)
	case source == profile.Imported:
		f.detail = fault.New("profile.check-imported", "by", by)
	case source == profile.FromOrg && taken != nil:
		f.org, f.detail = taken.Org, fault.New("profile.check-from-org", "by", cmp.Or(now.Title(), taken.ByName), "org", taken.OrgName, "who", taken.ByName)
	}
	switch {
	case now != nil && now.Agent != nil && !lacks.IsZero():
		f.remedy = lacks
	case kept.Offered != nil:
		f.org, f.remedy = kept.Offered.Org, fault.New("profile.check-offered", "who", kept.Offered.ByName, "org", kept.Offered.OrgName)
	case len(kept.Others) > 0:
		var who []string
		for _, v := range kept.Others {
			who = append(who, v.ByName)
		}
		f.org, f.remedy = kept.Others[0].Org, fault.New("profile.check-several", "org", kept.Others[0].OrgName, "who", who)
	case source == profile.FromOrg && taken != nil && p.links.Of(taken.Org, "") == nil:
		f.remedy = fault.New("profile.check-unlinked", "org", taken.OrgName)
	default:
		f.ok, f.minor = true, false
	}
	return []finding{f}
}
