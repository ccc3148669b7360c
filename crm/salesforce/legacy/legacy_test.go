package legacy

import (
	"strings"
	"testing"

	"linecard/crm/salesforce/hosts"
)

func TestOldIntegrationsAreRecognized(t *testing.T) {
	const production, test = "https://login.salesforce.com", "https://test.salesforce.com"
	for name, tt := range map[string]struct {
		doc, host string
		password  bool
	}{
		"JSON":                  {`{"salesforce":{"username":"api@acme.example","password":"geheim","securityToken":"Tk1","url":"https://test.salesforce.com/services/Soap/u/52.0"}}`, test, true},
		"JSON without a host":   {`[{"user":"api@acme.example","pass":"geheim"}]`, production, true},
		"JSON with a sandbox":   {`{"username":"api@acme.example","password":"geheim","sandbox":true}`, test, true},
		"JSON, a token alone":   {`{"username":"api@acme.example","security_token":"Tk1"}`, production, false},
		"INI":                   {"[salesforce]\nSF_USERNAME=api@acme.example\nSF_PASSWORD=\"geheim\"\nSF_SECURITY_TOKEN=Tk1\nhost = acme.my.salesforce.com\n", "https://acme.my.salesforce.com", true},
		"a shell's environment": {"# old\nexport SFDC_USER='api@acme.example'\nexport SFDC_PASSWORD='geheim'\n", production, true},
		".properties":           {"sfdc.username: api@acme.example\nsfdc.password: geheimTk1\nloginUrl: https://acme--uat.sandbox.my.salesforce.com/\n", "https://acme--uat.sandbox.my.salesforce.com", true},
		"Data Loader":           {`<?xml version="1.0"?><beans><map><entry key="sfdc.endpoint" value="https://test.salesforce.com"/><entry key="username" value="api@acme.example"/><entry key="sfdc.password" value="geheim"/></map></beans>`, test, true},
		"XML elements":          {"<account><name>Main</name><username>api@acme.example</username><password>geheim</password><remoteUri>https://test.salesforce.com</remoteUri></account>", test, true},
		"YAML":                  {"salesforce:\n  username: api@acme.example\n  password: geheim\n  security_token: Tk1\n", production, true},
		"CSV":                   {"Name,Type,Username,Password,Client Id,Security Token\nMain,sandbox,api@acme.example,geheim,3MVG9,Tk1\n", test, true},
		"CSV of a spreadsheet":  {"\xef\xbb\xbfusername;password\r\napi@acme.example;geheim\r\n", production, true},
		"CSV with quoted names": {"\"Username\",\"Password\",\"Login URL\"\n\"api@acme.example\",\"ge,heim\",\"https://test.salesforce.com\"\n", test, true},
		"CSV of Excel":          {"sep=;\r\n\"Username\";\"Password\"\r\n\"api@acme.example\";\"geheim\"\r\n", production, true},
		"YAML with quoted keys": {"salesforce:\n  \"username\": api@acme.example\n  'password': geheim\n  \"url\": \"https://test.salesforce.com\"\n", test, true},
		"JSON with comments":    {"{\n  // old\n  \"username\": \"api@acme.example\",\n  \"password\": \"geheim\",\n  \"host\": \"https://test.salesforce.com\",\n}\n", test, true},
		"a PHP array":           {"<?php\nreturn [\n  'username' => 'api@acme.example',\n  'password' => 'geheim',\n  'endpoint' => 'https://test.salesforce.com',\n];\n", test, true},
		"a PHP array in a line": {"$sf = ['username' => 'api@acme.example', 'password' => 'geheim', 'sandbox' => 'true'];\n", test, true},
		"PHP constants":         {"<?php\ndefine('SF_USERNAME', 'api@acme.example');\ndefine(\"SF_PASSWORD\", \"geheim\");\n", production, true},
		"PHP variables":         {"$config['sf_user'] = 'api@acme.example';\n$config['sf_password'] = 'geheim';\n$config['sf_url'] = 'https://test.salesforce.com';\n", test, true},
		"PowerShell":            {"$env:SF_USERNAME = \"api@acme.example\"\r\n$env:SF_PASSWORD = \"geheim\"\r\n", production, true},
		"UTF-16, little end":    {utf16("username=api@acme.example\r\npassword=geheim\r\nhost=acme.my.salesforce.com\r\n", false), "https://acme.my.salesforce.com", true},
		"UTF-16, big end":       {utf16("{\"username\":\"api@acme.example\",\"password\":\"gehéim\"}", true), production, true},
		"TOML":                  {"[crm]\nuser = 'api@acme.example'\npassword = 'geheim'\n", production, true},
	} {
		found, ok := Read([]byte(tt.doc))
		if !ok || found.LoginHost != tt.host || found.Password != tt.password {
			t.Errorf("%s: %+v, %t", name, found, ok)
		}
	}
}

// utf16 is a text as PowerShell writes it, or with the higher byte of each character first.
func utf16(text string, bigEndian bool) string {
	b := []byte{0xff, 0xfe}
	for _, r := range text {
		b = append(b, byte(r), byte(r>>8))
	}
	for i := 0; bigEndian && i < len(b); i += 2 {
		b[i], b[i+1] = b[i+1], b[i]
	}
	return string(b)
}

// What is no older integration's is not taken for one.
func TestOtherFilesAreNotRecognized(t *testing.T) {
	for name, doc := range map[string]string{
		"nothing":           "",
		"a letter":          "Dear user,\nthe password is in the safe.\n",
		"an OAuth session":  `{"username":"a@acme.example","access_token":"00D…","refresh_token":"5Aep…","instance_url":"https://acme.my.salesforce.com"}`,
		"a user alone":      "username=api@acme.example\n",
		"a password alone":  "password=geheim\n",
		"Linecard's own":    "version = 2\n[[accounts]]\nserver = 'pbx.example.com'\nuser = '2041'\n[[orgs]]\nclient_id = '3MVG9'\n",
		"a picture":         "\x89PNG\r\n\x1a\n\x00\x00",
		"too large":         "username=a\npassword=b\n" + strings.Repeat("#", MostBytes),
		"broken JSON":       `{"username":"a","password":`,
		"half of UTF-16":    "\xff\xfeu\x00s",
		"quoted callers":    "\"User\",\"Phone\"\n\"Dana\",\"+14155550100\"\n",
		"a list of callers": "Name,Phone\nDana,+14155550100\n",
	} {
		if found, ok := Read([]byte(doc)); ok {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// Whatever is read, nothing of it but an address of Salesforce comes out.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"username":"a","password":"b","url":"https://x:y@test.salesforce.com"}`))
	f.Add([]byte("'user' => 'a', 'pass' => 'b'"))
	f.Add([]byte("\"user\",\"pass\"\na,b\n"))
	f.Add([]byte(utf16("user=a\npass=b", false)))
	f.Add([]byte("user=a\npass=b\nhost=http://evil.example\n"))
	f.Add([]byte("<a username='a' password='b' url='acme.my.salesforce.com/?token=b'/>"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		found, ok := Read(doc)
		if !ok {
			return
		}
		if again, err := hosts.Login(found.LoginHost); err != nil || again != found.LoginHost {
			t.Errorf("%q", found.LoginHost)
		}
	})
}
