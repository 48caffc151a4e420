# Sourced by ./run, ./test and .ci/run: finds what they need, and installs it where that is allowed. Messages go to standard error.

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# what is needed → the Debian package that has it, and what it is for
declare -A package=([postgres]=postgresql [virsh]=libvirt-clients [xmllint]=libxml2-utils [rabbitmq]=rabbitmq-server [libvirtd]=libvirt-daemon [qemu]=qemu-system-x86 [qemu-img]=qemu-utils [python3]=python3 [curl]=curl [chromium]=chromium)
declare -A purpose=(
    [postgres]='the programs of the private PostgreSQL'
    [virsh]="libvirt's own shell, which the tests compare with"
    [xmllint]="the check against libvirt's XML schema"
    [rabbitmq]='the broker that the tests publish to'
    [libvirtd]='the libvirt that the tests restore checkpoints on'
    [qemu]='the guests of that libvirt'
    [qemu-img]='the disks of those guests'
    [python3]='runs a client of docs/events.md'
    [curl]='runs a client of docs/events.md'
    [chromium]='the browser that the pages are tested in'
)

have() {
    case $1 in
        postgres) command -v pg_ctl || compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' || compgen -G '/usr/pgsql-*/bin/pg_ctl' ;;
        # Not every user's PATH has the directory of its command.
        rabbitmq) [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] ;;
        chromium) [ -x /usr/bin/chromium ] ;;
        libvirtd) [ -x /usr/sbin/libvirtd ] ;;
        qemu) [ -x /usr/bin/qemu-system-x86_64 ] ;;
        *) command -v "$1" ;;
    esac >/dev/null
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# require THING…: what is missing is installed after one line that says what and why, unless $install is no or apt may not be used here.
require() {
    local thing missing=() reasons=''
    for thing; do
        have "$thing" && continue
        missing+=("${package[$thing]}")
        reasons+="${reasons:+; }${package[$thing]}: ${purpose[$thing]}"
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        die "install what Debian calls ${missing[*]} with your package manager and start again ($reasons)"
    elif [ "$install" = no ] || ! as_root true 2>/dev/null; then
        die "something is missing ($reasons); install it and start again:
  sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "Installing with apt ($reasons)"
    apt_install "${missing[@]}"
    for thing; do have "$thing" || die "$thing is still missing after the installation of ${package[$thing]}"; done
}

apt_install() (
    log=$(mktemp)
    # Debian's packages start what they install, which nobody here asked for. Two files say no for the time of the installation and go again, so that the machine
    # keeps no setting of ours: one, which postgresql's createcluster.conf includes, against a system cluster, and one against services, where there is none yet.
    drop=/etc/postgresql-common/createcluster.d policy=/usr/sbin/policy-rc.d
    [ ! -e "$policy" ] || policy=
    trap 'as_root rm -f "$drop/eventcheckpoints.conf" ${policy:+"$policy"}; as_root rmdir "$drop" 2>/dev/null; rm -f "$log"' EXIT
    as_root mkdir -p "$drop"
    echo 'create_main_cluster = false' | as_root tee "$drop/eventcheckpoints.conf" >/dev/null
    [ -z "$policy" ] || printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    [ -z "$policy" ] || as_root chmod 755 "$policy"
    apt=(as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300)
    { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null ||
        { tail -n 20 "$log" >&2; die "apt could not install $*"; }
    # Nor is it to start with the machine; the tests run a broker of their own.
    [[ " $* " != *' rabbitmq-server '* ]] || as_root systemctl disable rabbitmq-server 2>/dev/null || :
)

require_dotnet() {
    command -v dotnet >/dev/null || PATH="$PATH:${DOTNET_ROOT:-$HOME/.dotnet}"
    command -v dotnet >/dev/null || die 'install the .NET SDK 10 and start again: https://dotnet.microsoft.com/download/dotnet/10.0'
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

# build TARGET: Release, silent unless something is wrong. No build server stays behind.
build() {
    local output
    output=$(cd "$root" && dotnet build "$1" -c Release -v quiet -nologo -nodeReuse:false -p:UseSharedCompilation=false 2>&1) ||
        { say "$output"; return 1; }
}
