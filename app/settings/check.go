package settings

import (
	"cmp"
	"net/netip"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	text "linecard/clean"
	"linecard/crm"
	"linecard/crm/salesforce/hosts"
	"linecard/fault"
	"linecard/sip/encryption"
	"linecard/sip/stun"
	"linecard/sip/transport"
)

// checker finds values that make no sense and puts each back to what is below it.
type checker struct{ faults []fault.Fault }

// all checks everything but the elements of lists.
func (c *checker) all(s *Settings, def Settings) {
	c.tags("", reflect.ValueOf(s).Elem(), reflect.ValueOf(def))
	c.numbers("numbers.", &s.Numbers, def.Numbers, false)
	c.spellings(s)
	c.asking(&s.Asking, def.Asking)
	c.errors("errors.", &s.Errors, def.Errors)
	if s.Language = strings.TrimSpace(s.Language); s.Language != "" {
		if _, err := language.Parse(s.Language); err != nil {
			c.fault("settings.must-be-language", "key", "language")
			s.Language = def.Language
		}
	}
}

// asking checks the hours for calls.
func (c *checker) asking(a *Asking, def Asking) {
	a.CallingHours, a.CallingDays = strings.TrimSpace(a.CallingHours), strings.ToLower(strings.TrimSpace(a.CallingDays))
	if _, ok := crm.ReadCallingHours(a.CallingHours, ""); !ok {
		c.fault("settings.must-be-calling-hours", "key", "asking.calling_hours")
		a.CallingHours = def.CallingHours
	}
	if _, ok := crm.ReadCallingHours("", a.CallingDays); !ok {
		c.fault("settings.must-be-calling-days", "key", "asking.calling_days")
		a.CallingDays = def.CallingDays
	}
}

// account checks one account.
func (c *checker) account(path string, a *Account, def Account) {
	a.Encryption = cmp.Or(a.Encryption, def.Encryption)
	a.EncryptionBy = cmp.Or(a.EncryptionBy, def.EncryptionBy)
	a.CallerIDIn = cmp.Or(a.CallerIDIn, def.CallerIDIn)
	c.tags(path, reflect.ValueOf(a).Elem(), reflect.ValueOf(def))
	c.numbers(path+"numbers.", &a.Numbers, def.Numbers, true)
	if a.CallerID = TidyCallerID(a.CallerID); !callerID.MatchString(a.CallerID) {
		c.fault("settings.must-be-caller-id", "key", path+"caller_id", "value", a.CallerID)
		a.CallerID = def.CallerID
	}
	if a.PickupCode = strings.TrimSpace(a.PickupCode); !pickupCode.MatchString(a.PickupCode) {
		c.fault("settings.must-be-pickup-code", "key", path+"pickup_code", "value", a.PickupCode)
		a.PickupCode = def.PickupCode
	}
	if a.Voicemail = TidyCallerID(a.Voicemail); !voicemail.MatchString(a.Voicemail) {
		c.fault("settings.must-be-voicemail", "key", path+"voicemail", "value", a.Voicemail)
		a.Voicemail = def.Voicemail
	}
	if a.Conference = strings.TrimSpace(a.Conference); !conference.MatchString(a.Conference) {
		c.fault("settings.must-be-conference", "key", path+"conference", "value", a.Conference)
		a.Conference = def.Conference
	}
	if a.STUN = strings.TrimSpace(a.STUN); a.STUN != "" {
		if _, _, ok := stun.Split(a.STUN); !ok {
			c.fault("settings.must-be-stun", "key", path+"stun", "value", a.STUN)
			a.STUN = def.STUN
		}
	}
	if a.EchoTest = TidyCallerID(a.EchoTest); !voicemail.MatchString(a.EchoTest) {
		c.fault("settings.must-be-voicemail", "key", path+"echo_test", "value", a.EchoTest)
		a.EchoTest = def.EchoTest
	}
	for _, f := range []struct {
		key  string
		path *string
	}{{"tls_ca", &a.TLSCA}, {"tls_cert", &a.TLSCert}, {"tls_key", &a.TLSKey}, {"hold_music", &a.HoldMusic}} {
		if *f.path = strings.TrimSpace(*f.path); *f.path != "" && !filepath.IsAbs(*f.path) { // from where the app was started it might lead anywhere
			c.fault("settings.must-be-file", "key", path+f.key, "value", *f.path)
			*f.path = ""
		}
	}
	c.forward(path, a)
	c.callerIDs(path, a)
	if a.RecordCallerID = strings.TrimSpace(a.RecordCallerID); a.RecordCallerID != "" && !crm.IsAPIName(a.RecordCallerID) {
		c.fault("settings.must-be-api-name", "key", path+"record_caller_id", "value", a.RecordCallerID)
		a.RecordCallerID = def.RecordCallerID
	}
	c.headers(path, a)
	a.Trusted = slices.DeleteFunc(slices.Clone(a.Trusted), func(text string) bool {
		_, err := Network(text)
		if err != nil {
			c.fault("settings.must-be-network", "key", path+"trusted", "value", text)
		}
		return err != nil
	})
}

// callerID is a number, or a name that a PBX knows: what can be the user of a SIP address.
var callerID = regexp.MustCompile(`^(\+?[0-9A-Za-z*#._-]{1,64})?$`)

// voicemail is what can be pressed on a telephone.
var voicemail = regexp.MustCompile(`^(\+?[0-9*#]{1,32})?$`)

// conference is a number or a name that a PBX knows, with {user} for the account's extension.
var conference = regexp.MustCompile(`^(\+?[0-9A-Za-z*#._-]{0,40}(\{user\}[0-9A-Za-z*#._-]{0,20})?)$`)

// withheld is the caller ID of nobody, as the phone knows it.
const withheld = "withheld"

// TidyCallerID takes the spaces, brackets and other marks of writing out of a number, as +1 (415) 555-0100. What is none stays as it is, but
// for withheld, which may be written in capitals.
func TidyCallerID(text string) string {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, withheld) {
		return withheld
	}
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u00a0()-./", r) {
			return -1
		}
		return r
	}, text)
	if strings.Trim(strings.TrimPrefix(digits, "+"), "0123456789*#") != "" {
		return text
	}
	return digits
}

// Network reads an address, which stands for itself alone, or a network such as 203.0.113.0/24.
func Network(text string) (netip.Prefix, error) {
	text = strings.TrimSpace(text)
	if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// Trusts reports whether calls from an address are taken because the account lists it, alone or in a network.
func (a Account) Trusts(ip netip.Addr) bool {
	return slices.ContainsFunc(a.Trusted, func(text string) bool {
		n, err := Network(text)
		return err == nil && n.Masked().Contains(ip.Unmap())
	})
}

// tags checks what the tags of a struct's fields say:
//
//	range:"5 3600"       a number from 5 to 3600
//	range:"5 3600 or 0"  or 0
//	of:"udp tcp"         one of these words
//	most:"50"            a list of 50 at most
//
// {transports}, {encryptions} and {ways} in a tag stand for those that the phone has.
func (c *checker) tags(path string, v, def reflect.Value) {
	for _, f := range fieldsOf(v.Type()) {
		key, to, from, tag := path+f.name, v.Field(f.index), def.Field(f.index), v.Type().Field(f.index).Tag
		words := func(name string) []string { return choices(tag.Get(name)) }
		switch {
		case to.Kind() == reflect.Struct:
			c.tags(key+".", to, from)
		case tag.Get("range") != "":
			c.within(key, to, from, words("range"))
		case tag.Get("of") != "":
			to.SetString(strings.ToLower(strings.TrimSpace(to.String())))
			if to.String() == "" && from.String() == "" {
				continue // the first of the words
			}
			if !slices.Contains(words("of"), to.String()) {
				c.fault("settings.must-be-one-of", "key", key, "values", words("of"))
				to.Set(from)
			}
		case tag.Get("most") != "":
			if most, _ := strconv.Atoi(tag.Get("most")); to.Len() > most {
				c.fault("settings.must-be-fewer", "key", key, "most", most)
				to.Set(to.Slice(0, most))
			}
		}
	}
}

// choices are the words of a tag.
func choices(tag string) []string {
	named := strings.NewReplacer("{transports}", strings.Join(transport.All(), " "), "{encryptions}", strings.Join(encryption.All(), " "),
		"{ways}", strings.Join(encryption.Ways(), " "))
	return strings.Fields(named.Replace(tag))
}

// within checks a number; a NaN is outside.
func (c *checker) within(key string, to, from reflect.Value, bounds []string) {
	number := func(v reflect.Value) float64 {
		if v.CanInt() {
			return float64(v.Int())
		}
		return v.Float()
	}
	low, _ := strconv.ParseFloat(bounds[0], 64)
	high, _ := strconv.ParseFloat(bounds[1], 64)
	n, code := number(to), fault.Code("settings.must-be-within")
	inside := n >= low && n <= high
	if len(bounds) > 2 {
		inside, code = inside || n == 0, "settings.must-be-within-or-0"
	}
	if !inside {
		c.fault(code, "key", key, "low", bounds[0], "high", bounds[1])
		to.Set(from)
	}
}

// longestLabel bounds what an org is called, in characters.
const longestLabel = 60

// longestDescription bounds what is said of an org, in characters.
const longestDescription = 500

// org checks one org.
func (c *checker) org(path string, o *Org, def Org) {
	o.Color = cmp.Or(o.Color, def.Color)
	c.tags(path, reflect.ValueOf(o).Elem(), reflect.ValueOf(def))
	o.Label, o.Description = text.Short(o.Label, longestLabel), text.Short(o.Description, longestDescription)
	host, err := hosts.Login(o.LoginHost)
	if err != nil {
		c.fault("settings.must-be-login-host", "key", path+"login_host")
		host = def.LoginHost
	}
	o.LoginHost = host
	var called []string
	for _, pattern := range o.Called {
		pattern = strings.TrimSpace(pattern)
		switch why := crm.WrongCalled(pattern); {
		case pattern == "" || slices.Contains(called, pattern):
		case !why.IsZero():
			c.fault("settings.bad-called", "key", path+"called", "why", why)
		default:
			called = append(called, pattern)
		}
	}
	o.Called = called
}

func (c *checker) numbers(key string, n *Numbers, def Numbers, optional bool) {
	country := strings.ToUpper(strings.TrimSpace(n.Country))
	switch {
	case len(country) == 2 && strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "", country == "" && optional:
		n.Country = country
	default:
		c.fault("settings.must-be-country", "key", key+"country")
		n.Country = def.Country
	}
	none := func(digits string) bool { return optional && digits == NoDigits }
	if !none(n.OutsidePrefix) && strings.Trim(n.OutsidePrefix, "0123456789*#") != "" || len(n.OutsidePrefix) > 8 {
		c.fault("settings.must-be-prefix", "key", key+"outside_prefix")
		n.OutsidePrefix = def.OutsidePrefix
	}
	c.dialPlan(key, n, def, optional)
	if _, err := crm.ExtensionPattern(n.Extension); err != nil || len(n.Extension) > 200 {
		c.fault("settings.must-be-pattern", "key", key+"extension")
		n.Extension = def.Extension
	}
}

// dialPlan checks how numbers are dialled, and read of callers.
func (c *checker) dialPlan(key string, n *Numbers, def Numbers, optional bool) {
	n.DialAs = strings.ToLower(strings.TrimSpace(n.DialAs))
	if forms := crm.DialForms(); !slices.Contains(forms, crm.DialForm(n.DialAs)) && (n.DialAs != "" || !optional) {
		c.fault("settings.must-be-one-of", "key", key+"dial_as", "values", forms)
		n.DialAs = def.DialAs
	}
	for _, d := range []struct {
		name, of string
		to       *string
		def      string
	}{
		{"exit_code", "", &n.ExitCode, def.ExitCode}, {"area_code", "", &n.AreaCode, def.AreaCode}, {"strip", "+", &n.Strip, def.Strip}, {"add", "+", &n.Add, def.Add},
	} {
		*d.to = strings.TrimSpace(*d.to)
		if optional && *d.to == NoDigits {
			continue
		}
		if digits := strings.TrimPrefix(*d.to, d.of); strings.Trim(digits, "0123456789") != "" || len(digits) > 8 {
			c.fault("settings.must-be-digits", "key", key+d.name)
			*d.to = d.def
		}
	}
	n.Rewrite = slices.DeleteFunc(slices.Clone(n.Rewrite), func(text string) bool {
		_, why := crm.ReadRewrite(text)
		if !why.IsZero() {
			c.fault("settings.bad-rewrite", "key", key+"rewrite", "why", why)
		}
		return !why.IsZero()
	})
}

func (c *checker) fault(code fault.Code, pairs ...any) {
	c.faults = append(c.faults, fault.New(code, pairs...))
}
