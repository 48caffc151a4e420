#!/bin/bash
# Makes web.xml and web-checkpoints.xml again, with the real virsh on libvirt's test driver; see README.md. Needs virsh (libvirt-clients).
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/node.xml" <<'XML'
<node>
  <cpu><nodes>1</nodes><sockets>1</sockets><cores>2</cores><threads>1</threads><active>2</active><mhz>2400</mhz><model>x86_64</model></cpu>
  <memory>8388608</memory>
  <domain type='test'>
    <name>web</name>
    <uuid>5d1f6b0e-9c7a-4a53-8f27-1b1f0c9a7e42</uuid>
    <description>Shop front, with its database on the second disk</description>
    <memory unit='KiB'>2097152</memory>
    <vcpu>2</vcpu>
    <os><type>hvm</type></os>
    <devices>
      <disk type='file' device='disk'>
        <driver name='qemu' type='qcow2'/>
        <source file='/var/lib/libvirt/images/web-root.qcow2'/>
        <target dev='vda' bus='virtio'/>
      </disk>
      <disk type='file' device='disk'>
        <driver name='qemu' type='qcow2'/>
        <source file='/var/lib/libvirt/images/web-data.qcow2'/>
        <target dev='vdb' bus='virtio'/>
        <serial>WEB-DATA-01</serial>
      </disk>
    </devices>
  </domain>
</node>
XML

# checkpoint NAME PARENT SECONDS DESCRIPTION DISKS: the definition to redefine from; the domain is the one that virsh has just dumped.
checkpoint() {
    {
        printf "<domaincheckpoint>\n<name>%s</name>\n<description>%s</description>\n" "$1" "$4"
        [ -z "$2" ] || printf "<parent><name>%s</name></parent>\n" "$2"
        printf "<creationTime>%s</creationTime>\n<disks>%s</disks>\n" "$3" "$5"
        cat web.xml
        printf "</domaincheckpoint>\n"
    } >"$work/$1.xml"
    commands+="checkpoint-create web $work/$1.xml --redefine; "
    names+=("$1")
}

virsh=(virsh --quiet --connect "test://$work/node.xml")
"${virsh[@]}" dumpxml web --inactive >web.xml

commands='' names=()
both="<disk name='vda' checkpoint='bitmap'/><disk name='vdb' checkpoint='bitmap'/>"
data="<disk name='vda' checkpoint='no'/><disk name='vdb' checkpoint='bitmap'/>"
checkpoint full-w40      ''           1759370400 'Weekly full backup'                    "$both"
checkpoint inc-mon       full-w40     1759716000 'Nightly, Monday'                       "$both"
checkpoint inc-tue       inc-mon      1759802400 'Nightly, Tuesday'                      "$both"
checkpoint inc-wed       inc-tue      1759888800 'Nightly, Wednesday'                    "$both"
checkpoint before-update inc-mon      1759744800 'Before the shop update &amp; reindex'  "$data"
checkpoint after-update  before-update 1759752000 'Shop update done'                     "$data"
checkpoint full-w41      ''           1759975200 'Weekly full backup'                    "$both"

# The test driver forgets with its process, so one process makes them all and dumps them.
for name in "${names[@]}"; do commands+="checkpoint-dumpxml web $name; "; done
"${virsh[@]}" "$commands checkpoint-list web --tree" >"$work/out"

# The list document holds each dump as it came, two columns in; libvirt's current is the last one redefined.
{
    echo "<checkpoints current='${names[-1]}'>"
    sed -n '/^<domaincheckpoint>$/,/^<\/domaincheckpoint>$/s/^/  /p' "$work/out"
    echo '</checkpoints>'
} >web-checkpoints.xml
echo "${#names[@]} checkpoints:"
sed '/^<domaincheckpoint>$/,/^<\/domaincheckpoint>$/d' "$work/out"
