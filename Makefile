# Linecard's two commands are `make demo` and `make test`. Both install what they need from the distribution and say so.
.DEFAULT_GOAL := build
GO ?= go
BIN := bin/linecard
PICTURES ?= docs/pictures
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOTESTSUM := gotest.tools/gotestsum@v1.13.0
# no_animations: a blinking text cursor costs Fyne 2.7 a fifth of a processor for as long as the notes have the keyboard.
export GOFLAGS := -buildvcs=false -tags=no_animations

.PHONY: build demo test lint windows bench killtest interop pictures setup-build setup-test setup-windows clean

setup-build:
	@test/setup.sh build

setup-test:
	@test/setup.sh test

setup-windows:
	@test/setup.sh windows

build: setup-build ## bin/linecard
	$(GO) build -trimpath -o $(BIN) ./cmd/linecard

demo: build ## the app on its embedded PBX and org; without a display, its self-test
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec $(BIN) --demo; \
	else echo "No display here: running linecard selftest instead."; exec $(BIN) selftest; fi

test: setup-test ## every test, real peers included
	$(GO) run $(GOTESTSUM) --format pkgname-and-test-fails --format-hide-empty-pkg -- -race -shuffle=on -timeout 60m ./...

lint: setup-build
	$(GO) vet ./...
	$(GO) run $(LINT) run --allow-parallel-runners ./...

# The cross compiler makes the window too, for Fyne draws through C. test/ needs Linux and its peers.
WINDOWS := GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc CXX=x86_64-w64-mingw32-g++

windows: setup-windows ## that the app and its tests compile for Windows; the first time takes minutes
	$(WINDOWS) $(GO) build -o /dev/null ./cmd/linecard
	$(WINDOWS) $(GO) vet $$($(WINDOWS) $(GO) list ./... | grep -v '^linecard/test/')

bench: build setup-test ## figures of the real binary, taken from outside; AGAINST=HEAD~1 compares with another commit
	$(GO) run ./test/bench $(if $(AGAINST),-against $(AGAINST))

killtest: setup-test ## kills the app KILLS times (1000) at its weakest moments, and counts what is lost; SEED=N repeats a run
	$(GO) run ./test/killtest $(if $(KILLS),-kills $(KILLS)) $(if $(SEED),-seed $(SEED)) $(if $(ONLY),-only $(ONLY))

interop: ## docs/interop.md, of the rows and of what the tests say that they prove
	$(GO) test ./test/interop -write

pictures: build setup-test ## README's pictures: the panes by the software painter, the window under Xvfb
	test/pictures.sh $(PICTURES)

clean:
	rm -rf bin dist
