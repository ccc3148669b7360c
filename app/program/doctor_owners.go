package program

import (
	"cmp"
	"context"
	"slices"

	"linecard/app/owners"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// mostOwnerProblems bounds what one line of the doctor says of extensions.
const mostOwnerProblems = 10

// checkOwners is the doctor's look at whose the logs of an org are: whether its users can be read, and which extensions and rules name nobody who can own
// a log. It finds nothing while each log is the linked user's.
func (p *Program) checkOwners(ctx context.Context, c *salesforce.Client) []crm.Finding {
	s, set := c.Status(), p.set.Get()
	wishes := ownersWished(set, s.OrgID, p.ownNames())
	if s.State != crm.Linked || len(wishes) == 0 {
		return nil
	}
	waits := set.Logging.NoOwner != crm.OwnerLinked // else the log is the linked user's then, and a notice says so
	read := c.CheckUsers(ctx)
	list := p.owners.Get(s.OrgID)
	read.Minor = !read.OK && (!waits || !list.At.IsZero()) // the list of before does until somebody changes
	found := []crm.Finding{read}
	if p.clientOf(s.OrgID) != c { // what is below is the org's, whoever is linked
		return found
	}
	f := crm.Finding{Check: "owners.check", OK: true, Setup: c.UsersPage()}
	if list.At.IsZero() {
		f.OK, f.Minor, f.Remedy = false, true, fault.New("owners.not-read")
		return append(found, f)
	}
	var problems []any
	broken := false
	note := func(why fault.Fault, stops bool) {
		broken = broken || stops
		if len(problems) < mostOwnerProblems {
			problems = append(problems, why)
		}
	}
	for _, wish := range wishes {
		if wish != crm.OwnerExtension {
			if _, why, _ := p.owners.Owner(set, s.OrgID, "", wish); !why.IsZero() {
				note(why, waits)
			}
			continue
		}
		owned := 0
		for _, r := range owners.Table(set, s.OrgID, list.Users) { // those of this desk first
			if r.Problem.IsZero() {
				owned++
				continue
			}
			// What is of other desks, of calls of another org, or of an account that no rule asks it of, stops nothing here; and where two fit the log is somebody's.
			a, here := set.Account(r.Account)
			asked := here && cmp.Or(a.Org, p.orgOr("")) == s.OrgID && extensionWished(set, s.OrgID, p.ownNames(), a)
			note(r.Problem, waits && asked && !r.Problem.Is("owners.shared") && !r.Problem.Is("owners.unsure"))
		}
		f.Detail = fault.New("owners.check-found", "count", owned)
	}
	if len(problems) > 0 {
		f.OK, f.Minor, f.Remedy = false, !broken, fault.New("salesforce.several-reasons", "reasons", problems)
	}
	return append(found, f)
}

// ownersWished is who owns logs of an org other than the linked user, as the settings and the rules that are on say, each once.
func ownersWished(set *settings.Settings, org string, own map[string]string) (all []string) {
	add := func(wish string) {
		if wish != "" && wish != crm.OwnerLinked && !slices.Contains(all, wish) {
			all = append(all, wish)
		}
	}
	add(set.Logging.Owner)
	for _, r := range withOrgs(set, set.Rules, own) {
		if r.On && (r.Org == "" || r.Org == org) {
			add(r.Owner)
		}
	}
	return all
}

// extensionWished says whether logs of an account's calls in an org go to the user of its extension: always, or by a rule that is on.
func extensionWished(set *settings.Settings, org string, own map[string]string, a settings.Account) bool {
	return set.Logging.Owner == crm.OwnerExtension || slices.ContainsFunc(withOrgs(set, set.Rules, own), func(r crm.Rule) bool {
		return r.On && r.Owner == crm.OwnerExtension && (r.Org == "" || r.Org == org) && r.AboutAccount(a.ID())
	})
}
