package catalogue_test

import (
	"strings"
	"testing"

	"linecard/app/catalogue"
	"linecard/fault"
)

// The sentences about Salesforce, with values as package salesforce gives them and as they are read back from disk.
func TestSalesforceSentences(t *testing.T) {
	says := fault.New(fault.Plain, "text", "TaskTrigger: no")
	fields := []string{"Region__c", "Size__c"}
	callbacks := []string{"http://localhost:47117/oauth/callback", "http://localhost:47118/oauth/callback"}
	sentences := []struct {
		f    fault.Fault
		want string
	}{
		{fault.New("salesforce.not-linked"), "No Salesforce org is linked. Open Settings, Salesforce and press Link."},
		{fault.New("salesforce.link-elsewhere"), "This call belongs to a Salesforce org or user that is not linked now. It waits until that user is linked again; you can also discard it."},
		{fault.New("salesforce.too-many-long-requests"), "Salesforce is handling too many long requests at the moment. Linecard tries again automatically."},
		{fault.New("salesforce.quota-used-up"), "The org has used up its API requests for the day. Calls are kept and logged when Salesforce accepts requests again."},
		{fault.New("salesforce.api-not-enabled"), "This user may not use the Salesforce API. Ask your admin to switch on \"API Enabled\" in the user's profile or permission set."},
		{fault.New("salesforce.session-refused"), "Salesforce does not accept this app's session for its API. Ask your admin to check the policies of the External Client App, then press Link."},
		{fault.New("salesforce.new-session-refused"), "Salesforce does not accept the session it has just opened. Linecard tries again automatically; press Link if this stays."},
		{fault.New("salesforce.no-access"), "Salesforce does not let this user do that. Ask your admin for the right to read the record and to create and edit tasks."},
		{fault.New("salesforce.record-not-shared"), "Salesforce does not let this user attach a call to that record. Choose another record or ask its owner to share it."},
		{fault.New("salesforce.objects-hidden"), "This user may not see one of the needed objects. Ask your admin for read access to contacts, accounts, leads and tasks."},
		{fault.New("salesforce.field-required"), "The org requires a field that a call log does not fill. Ask your admin for a default value."},
		{fault.New("salesforce.field-required-named", "fields", fields), "The org requires a field that a call log does not fill (Region__c, Size__c). Ask your admin for a default value."},
		{fault.New("salesforce.validation-rule", "message", "No pumps, please"), "A validation rule of the org refused the log: No pumps, please"},
		{fault.New("salesforce.value-not-allowed"), "The org does not allow one of the chosen values. Choose another and send again."},
		{fault.New("salesforce.value-not-allowed-named", "fields", fields), "The org does not allow one of the chosen values (Region__c, Size__c). Choose another and send again."},
		{fault.New("salesforce.text-too-long"), "A text is longer than the org allows. Shorten it and send again."},
		{fault.New("salesforce.text-too-long-named", "fields", fields), "A text is longer than the org allows (Region__c, Size__c). Shorten it and send again."},
		{fault.New("salesforce.records-do-not-fit"), "Salesforce cannot combine these records in one log. Choose another record and send again."},
		{fault.New("salesforce.records-do-not-fit-named", "fields", fields), "Salesforce cannot combine these records in one log (Region__c, Size__c). Choose another record and send again."},
		{fault.New("salesforce.record-gone"), "The record is no longer in Salesforce; it was deleted or merged. Choose another and send again."},
		{fault.New("salesforce.lead-converted"), "This lead has been converted. Choose its contact and send again."},
		{fault.New("salesforce.storage-full"), "The org's data storage is full. Ask your admin to make room, then send again."},
		{fault.New("salesforce.automation-failed", "message", says), "An automation of the org failed on the log: TaskTrigger: no. Ask your admin to look at it, then send again."},
		{fault.New("salesforce.duplicate", "message", "No pumps, please"), "Salesforce already has such a record: No pumps, please"},
		{fault.New("salesforce.forbidden", "message", says), "Salesforce refused the request: TaskTrigger: no. Ask your admin."},
		{fault.New("salesforce.refused", "message", says), "Salesforce refused the request: TaskTrigger: no. Ask your admin what to change, then try again."},
		{fault.New("salesforce.http-status", "status", "500"), "HTTP status 500"},
		{fault.New("salesforce.record-strange"), "The chosen record is not a valid Salesforce record. Choose another and send again."},
		{fault.New("salesforce.record-unknown"), "The chosen record is not a valid Salesforce record."},
		{fault.New("salesforce.fields-changed"), "The fields of the Salesforce org have changed. Linecard tries again automatically."},
		{fault.New("salesforce.no-tasks"), "This user may not create tasks, so calls cannot be logged. Ask your admin for the right to edit tasks."},
		{fault.New("salesforce.no-task"), "This call has no task in Salesforce."},
		{fault.New("salesforce.nothing-to-search"), "This user may not see contacts, accounts or leads. Ask your admin for read access to them and to their phone fields."},
		{fault.New("salesforce.api-too-old", "version", "60.0"), "This org's API is too old for Linecard, which needs version 60.0 or later."},
		{fault.New("salesforce.answers-badly"), "Salesforce is not answering properly at the moment. Linecard tries again automatically."},
		{fault.New("salesforce.timed-out"), "Salesforce did not answer in time. Linecard tries again automatically."},
		{fault.New("salesforce.given-up"), "The request to Salesforce was cancelled."},
		{fault.New("salesforce.unreachable"), "Salesforce cannot be reached. Check the network connection; Linecard tries again automatically."},
		{fault.New("salesforce.unavailable"), "Salesforce is not available at the moment. Linecard tries again automatically."},
		{fault.New("salesforce.link-changed"), "The link to Salesforce has changed. Linecard tries again automatically."},
		{fault.New("salesforce.closing"), "Linecard is closing."},
		{fault.New("salesforce.strange-login-host", "host", "acme.example"), "\"acme.example\" is not a Salesforce login address. Use login.salesforce.com, test.salesforce.com for a sandbox, or your My Domain, such as acme.my.salesforce.com."},
		{fault.New("salesforce.key-incomplete"), "The consumer key is missing or incomplete. Copy it from the External Client App, Settings, OAuth Settings."},
		{fault.New("salesforce.folder-unwritable"), "The data folder cannot be written. Free some space or give yourself access to it, then press Link."},
		{fault.New("salesforce.link-under-way"), "Linking is already in progress. Finish it in the browser or cancel it first."},
		{fault.New("salesforce.ports-in-use", "ports", []string{"47117", "47118"}), "The ports 47117, 47118 are all in use by other programs, so the browser could not report back. Close a program that uses one of them and press Link again."},
		{fault.New("salesforce.browser-not-opened"), "The browser could not be opened. Copy the address from Settings, Salesforce into a browser yourself."},
		{fault.New("salesforce.browser-silent", "callbacks", callbacks), "No answer came from the browser in time. Press Link to try again. If Salesforce showed redirect_uri_mismatch, ask your admin to add these lines to the app's Callback URL, exactly as they are:\nhttp://localhost:47117/oauth/callback\nhttp://localhost:47118/oauth/callback"},
		{fault.New("salesforce.callback-missing", "callbacks", callbacks), "The External Client App lacks the callback address. Ask your admin to add these lines to its Callback URL, exactly as they are:\nhttp://localhost:47117/oauth/callback\nhttp://localhost:47118/oauth/callback"},
		{fault.New("salesforce.link-cancelled"), "Linking was cancelled."},
		{fault.New("salesforce.login-incomplete"), "Salesforce did not complete the login. Press Link to try again."},
		{fault.New("salesforce.login-from-elsewhere"), "Salesforce answered from an unknown address, so nothing was linked. Check the login address."},
		{fault.New("salesforce.answer-from-elsewhere"), "Salesforce answered from an unknown address. Press Link again if this stays."},
		{fault.New("salesforce.login-of-nobody"), "Salesforce did not say who logged in, so nothing was linked. Check the login address and press Link again."},
		{fault.New("salesforce.scope-api-missing"), "The External Client App does not grant access to data. Ask your admin to add the OAuth scope \"Manage user data via APIs (api)\" to it."},
		{fault.New("salesforce.scope-refresh-missing"), "The External Client App does not let the link last. Ask your admin to add the OAuth scope \"Perform requests at any time (refresh_token, offline_access)\" to it."},
		{fault.New("salesforce.scopes-missing"), "The External Client App does not grant what is needed. Ask your admin to add these OAuth scopes to it: api, refresh_token, openid."},
		{fault.New("salesforce.renewal-under-way"), "Salesforce is already renewing the link. Linecard tries again automatically."},
		{fault.New("salesforce.login-pause"), "Salesforce asks for a pause between logins. Linecard tries again automatically."},
		{fault.New("salesforce.code-expired"), "The login took too long, so its one-time code is no longer good. Press Link again."},
		{fault.New("salesforce.link-ended"), "Salesforce no longer accepts this link: it was revoked, unused for too long, or replaced because one user may have five. Press Link to renew it."},
		{fault.New("salesforce.link-invalid"), "Salesforce no longer accepts this link. Press Link to renew it."},
		{fault.New("salesforce.link-refused", "message", says), "Salesforce refused the link: TaskTrigger: no. Press Link to try again."},
		{fault.New("salesforce.user-inactive"), "The Salesforce user is deactivated. Ask your admin to activate it, then press Link."},
		{fault.New("salesforce.org-inactive"), "The Salesforce org is locked or expired. Ask your admin, then press Link."},
		{fault.New("salesforce.network-refused"), "Salesforce does not accept logins from this network. Connect to the company's network, or ask your admin to relax the IP restrictions of the app; then press Check link."},
		{fault.New("salesforce.outside-login-hours"), "Salesforce does not accept this user's logins at this hour. Press Check link within the login hours of the profile."},
		{fault.New("salesforce.app-not-assigned"), "This user may not use the app yet. Ask your admin to assign the permission set of the External Client App, then press Link."},
		{fault.New("salesforce.app-blocked"), "The app is blocked for this user. Ask your admin to unblock it, or to assign its permission set, then press Link."},
		{fault.New("salesforce.app-of-another-org"), "This org does not have the External Client App of this consumer key. Log in to the org that has it, or ask your admin for the key of one in this org (a sandbox needs its own); then press Link."},
		{fault.New("salesforce.app-not-installed"), "The org only admits apps that are installed in it. Ask your admin to create the External Client App in this org, or to give you \"Approve Uninstalled Connected Apps\"; then press Link."},
		{fault.New("salesforce.access-denied"), "Access was denied in the browser, so nothing was linked. Press Link and choose Allow."},
		{fault.New("salesforce.nobody-logged-in"), "Nobody was logged in to Salesforce in the browser. Press Link again and log in."},
		{fault.New("salesforce.unknown-key"), "Salesforce does not know this consumer key. Check that it was copied whole; a new External Client App needs about ten minutes before its key works."},
		{fault.New("salesforce.secret-asked"), "The External Client App asks for a secret, which a desktop app must not have. Ask your admin to clear \"Require secret for Web Server Flow\" and \"Require secret for Refresh Token Flow\" in it."},
		{fault.New("salesforce.login-refused"), "Salesforce did not accept the login. Press Link and log in again."},
		{fault.New("salesforce.proof-incomplete"), "Salesforce did not receive the complete proof (PKCE) of this login. Press Link again."},
		{fault.New("salesforce.token-missing"), "The link's token is not in the keyring of this computer. Unlock the keyring and press Check link, or link again."},
		{fault.New("salesforce.unlink-untold"), "Unlinked here, but Salesforce could not be informed. An admin can revoke the app under Setup, OAuth Connected Apps Usage."},
		{fault.New("salesforce.page-language"), "en"},
		{fault.New("salesforce.page-linked"), "Linked"},
		{fault.New("salesforce.page-linked-detail"), "Linecard now works with your Salesforce org. You can close this tab and go back to the app."},
		{fault.New("salesforce.page-not-linked"), "Not linked"},
		{fault.New("salesforce.page-of-another-link"), "This page does not belong to the link in progress"},
		{fault.New("salesforce.page-of-another-link-detail"), "It may come from an earlier attempt. Close it, go back to Linecard and press Link again."},
		{fault.New("salesforce.page-used"), "This login has been used already"},
		{fault.New("salesforce.page-used-detail"), "You can close this tab and go back to Linecard."},
		{fault.New("salesforce.page-origin"), "Linecard · this page came from the app on your computer"},
		{fault.New("salesforce.check-link"), "Org linked"},
		{fault.New("salesforce.check-port"), "Callback port"},
		{fault.New("salesforce.check-access"), "API access"},
		{fault.New("salesforce.check-scopes"), "Scopes"},
		{fault.New("salesforce.check-quota"), "Daily API requests"},
		{fault.New("salesforce.check-contacts"), "Find callers among Contacts"},
		{fault.New("salesforce.check-accounts"), "Find callers among Accounts"},
		{fault.New("salesforce.check-leads"), "Find callers among Leads"},
		{fault.New("salesforce.check-log"), "Log calls as Tasks"},
		{fault.New("salesforce.check-status"), "Closed Task status"},
		{fault.New("salesforce.link-your-org"), "Link your org in Settings > Salesforce, or with: linecard link"},
		{fault.New("salesforce.finish-the-link"), "Linking is in progress. Finish it in the browser, then check again."},
		{fault.New("salesforce.port-free", "port", "47117"), "47117 is free"},
		{fault.New("salesforce.ports-held", "callbacks", callbacks), "Another program holds every callback port. End it before you link: http://localhost:47117/oauth/callback, http://localhost:47118/oauth/callback"},
		{fault.New("salesforce.access-granted", "version", "60.0", "user", "riley@acme.example"), "version 60.0 as riley@acme.example"},
		{fault.New("salesforce.add-scope", "scope", "api"), "Add the scope api in Setup > External Client App Manager > your app > Settings > OAuth Settings, then link again."},
		{fault.New("salesforce.quota", "used", 1234, "limit", 15000), "1,234 of 15,000 used by the whole org"},
		{fault.New("salesforce.quota-nearly-used-up"), "The org has almost used up its requests. Setup > System Overview shows what uses them; without requests, callers are shown from memory."},
		{fault.New("salesforce.let-read", "object", "Lead"), "Give the user Read on Lead: Setup > Permission Sets > Object Settings."},
		{fault.New("salesforce.show-phone-fields", "object", "Lead"), "No phone field of Lead is visible. Setup > Object Manager > Lead > Fields: set field-level security."},
		{fault.New("salesforce.fields", "fields", fields), "Region__c, Size__c"},
		{fault.New("salesforce.all-fields"), "all call fields can be written"},
		{fault.New("salesforce.fields-in-description", "fields", fields), "written into the description instead: Region__c, Size__c"},
		{fault.New("salesforce.let-edit-tasks"), "Give the user Edit Tasks: Setup > Permission Sets > System Permissions."},
		{fault.New("salesforce.close-a-status"), "Mark a Task status as closed: Setup > Object Manager > Task > Fields > Status."},
	}
	listed := map[fault.Code]bool{}
	for _, tt := range sentences {
		listed[tt.f.Code] = true
		for _, f := range []fault.Fault{tt.f, fault.Decode(tt.f.Encode())} {
			if got := catalogue.Say(f); got != tt.want {
				t.Errorf("%s: %q\nwant %q", f.Code, got, tt.want)
			}
		}
	}
	for id := range englishMessages(t) {
		if strings.HasPrefix(id, "salesforce.") && !listed[fault.Code(id)] {
			t.Errorf("%s is not in this list", id)
		}
	}
}
