package profile

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"linecard/fault"
	"linecard/wholefile"
)

// OrgFileName is what the file with a profile is called in an org.
const OrgFileName = "linecard-profile.toml"

// MostBytes bounds a profile.
const MostBytes = mostBytes

// orgKept is the file in the data directory with what is known of the profile that is kept in an org.
const orgKept = "profile-org.json"

// Version is one version of a profile that is kept in an org. Whoever may upload a file there can make one.
type Version struct {
	Org      string    `json:"org"` // its id
	OrgName  string    `json:"orgName,omitempty"`
	Document string    `json:"document"` // id of the file
	ID       string    `json:"version"`  // id of the version
	Number   string    `json:"number,omitempty"`
	Size     int       `json:"size,omitempty"`     // in bytes
	Checksum string    `json:"checksum,omitempty"` // of the content, as the org has it
	Modified time.Time `json:"modified,omitzero"`
	By       string    `json:"by"` // id of the user who made the version
	ByName   string    `json:"byName,omitempty"`
	ByUser   string    `json:"byUser,omitempty"` // user name, which is the org's to give, as a name may not be

	// Administrator tells that whoever made the version, and whoever has changed its title since, administers the org. Without that it may be
	// anybody's.
	Administrator bool `json:"administrator,omitempty"`
	// Touched tells that somebody else has changed its title, of whom it is not known whether they administer the org.
	Touched bool `json:"touched,omitempty"`
}

// Place is a file in an org.
type Place struct {
	Org      string `json:"org"`
	Document string `json:"document"`
}

// Kept is what is known of the profile that is kept in an org.
type Kept struct {
	Taken   *Version  `json:"taken,omitempty"`   // the last version that was taken; it is not in force after it was removed by hand
	Removed bool      `json:"removed,omitempty"` // it was removed by hand
	Offered *Version  `json:"offered,omitempty"` // a version that is used once somebody says so
	Mine    *Place    `json:"mine,omitempty"`    // the file that this desk publishes
	Others  []Version `json:"others,omitempty"`  // further files of that name
	Looked  time.Time `json:"looked,omitzero"`   // when an org was looked at last
	Doc     string    `json:"profile,omitempty"` // the content of the version that was taken
}

// Decision is what must be done about the files that a look has found.
type Decision struct {
	Take   *Version // to be taken without asking; nil for none
	Offer  *Version // to be offered; nil for none
	Settle bool     // a file was found that decides, and no further org must be looked at
	Others []Version
}

// trust is how far a version is trusted: 2 for an administrator's, 1 for one of whoever made the version that was taken before, 0 for others.
func (k *Kept) trust(v Version) int {
	switch {
	case v.Administrator:
		return 2
	case k.Taken != nil && k.Taken.Org == v.Org && k.Taken.By == v.By && !v.Touched:
		return 1
	}
	return 0
}

// decide judges the files that were found in one org; me is the user who is linked.
func (k *Kept) decide(found []Version, me string) (d Decision) {
	if len(found) == 0 {
		return d
	}
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b Version) int {
		return cmp.Or(cmp.Compare(k.trust(b), k.trust(a)), b.Modified.Compare(a.Modified), cmp.Compare(a.ID, b.ID))
	})
	best := found[0]
	d.Others, d.Settle = found[1:], k.trust(best) > 0
	mine := k.Mine != nil && k.Mine.Org == best.Org && k.Mine.Document == best.Document && best.By == me
	switch {
	case mine: // this desk has these settings of its own, and its locks are for others
		d.Settle = true
	case k.Taken != nil && k.Taken.ID == best.ID:
	case k.Removed && k.Taken != nil && !best.Modified.After(k.Taken.Modified): // what was removed does not come back
	case d.Settle:
		d.Take = &best
	default:
		d.Offer = &best
	}
	return d
}

// Kept is what is known of the profile that is kept in an org.
func (k *Keeper) Kept() Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := k.kept
	out.Others = slices.Clone(out.Others)
	return out
}

// Decide says what must be done about the files that were found in one org; me is the id of the user who is linked there.
func (k *Keeper) Decide(found []Version, me string) Decision {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept.decide(found, me)
}

// Take keeps a version of an org's profile, and puts it in force unless one was imported by hand. Where it cannot be used or kept, the earlier one
// stays. inForce reports whether it is in force.
func (k *Keeper) Take(v Version, doc []byte) (inForce bool, err error) {
	p, err := check(doc)
	if err != nil {
		return false, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	before, source, was := k.now, k.source, k.kept
	if k.source != Imported {
		if err := k.apply(p); err != nil {
			return false, err
		}
		k.source = FromOrg
	}
	k.kept.Taken, k.kept.Doc, k.kept.Removed = &v, string(doc), false
	if k.kept.Offered != nil && k.kept.Offered.ID == v.ID {
		k.kept.Offered = nil
	}
	if err := k.save(); err != nil {
		k.kept, k.source = was, source
		return false, errors.Join(err, k.apply(before))
	}
	return k.source == FromOrg, nil
}

// Looked notes that orgs were looked at, and what else was found there. new reports whether another version is offered than before.
func (k *Keeper) Looked(at time.Time, offer *Version, others []Version) (isNew bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	isNew = offer != nil && (k.kept.Offered == nil || k.kept.Offered.ID != offer.ID)
	k.kept.Looked, k.kept.Offered, k.kept.Others = at, offer, others
	return isNew, k.save()
}

// Publishes notes which file this desk publishes: its versions of it are for others.
func (k *Keeper) Publishes(p Place) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept.Mine = &p
	return k.save()
}

// save writes what is known. The caller holds k.mu.
func (k *Keeper) save() error {
	b, err := json.MarshalIndent(k.kept, "", "\t")
	if err == nil {
		err = wholefile.Write(filepath.Join(k.dir, orgKept), append(b, '\n'), 0o600)
	}
	if err != nil {
		return fault.Err(err, "profile.not-kept", "folder", k.dir)
	}
	return nil
}

// recall reads what is known; a file that cannot be read is as none, since the org is looked at again.
func (k *Keeper) recall() {
	b, err := os.ReadFile(filepath.Join(k.dir, orgKept))
	if err != nil || json.Unmarshal(b, &k.kept) != nil {
		k.kept = Kept{}
	}
}
