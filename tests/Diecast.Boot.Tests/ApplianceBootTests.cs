using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;

namespace Diecast.Boot.Tests;

/// <summary>
/// An appliance that is checked as it is read, and that replaces itself by the next version, which the host publishes as a
/// build leaves it.
/// </summary>
public sealed class ApplianceBootTests
{
    private const string Prompt = @"root@kiosk:~# ";
    private const int Block = 4096;

    [ToolFact("qemu-system-x86_64", "mmdebstrap", "openssl", "mcopy", "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd")]
    public void An_appliance_refuses_what_was_changed_or_not_signed_and_boots_the_version_that_it_fetched()
    {
        using var directory = new TempDirectory();
        using var publisher = new Publisher(directory["v2"]);
        byte[] content = new byte[16 * Block];
        new Random(2026).NextBytes(content);
        File.WriteAllBytes(directory["noise"], content);
        File.WriteAllText(directory["kiosk.yaml"], Definition(publisher.Port));
        Tool.Check("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=kiosk", "-keyout", directory["db.key"], "-out", directory["db.crt"]);
        string disk = Path.Combine(Build(directory, "v1", "image.version=1", "image.size=4G", "image.efiVariables=/usr/share/OVMF/OVMF_VARS_4M.fd"), "kiosk.raw");
        // Firmware that starts what the test's key has signed, and nothing else.
        string variables = directory["v1/kiosk-efi-vars.fd"];
        Build(directory, "v2", "image.version=2", "image.format=raw.zst");
        Damage(disk, content.AsSpan(7 * Block, Block));
        // The disk is larger than the image, as any that it is written to.
        using (FileStream file = File.OpenWrite(disk))
            file.SetLength(5L << 30);

        using (Qemu machine = Start(disk, variables))
        {
            LogIn(machine, "1");
            // The first four bytes are the variable's attributes.
            Assert.Equal("1", machine.Command("od -An -tu1 -j4 /sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c").Trim());
            Assert.Matches(@"^0 \d+ verity V", machine.Command("dmsetup status root"));
            Assert.Contains("/var ext4 rw", machine.Command("findmnt -rno TARGET,FSTYPE,OPTIONS /var"), StringComparison.Ordinal);
            // What was left of the disk is the state's.
            Assert.InRange(long.Parse(machine.Command("findmnt -bnro SIZE /var").Trim(), CultureInfo.InvariantCulture), 3L << 30, 5L << 30);
            Assert.Contains("Input/output error", machine.Command("cat /usr/share/noise 2>&1 >/dev/null; true"), StringComparison.Ordinal);
            Assert.Contains("is corrupted", machine.Command("dmesg | grep verity"), StringComparison.Ordinal);
            Assert.Equal("changed", machine.Command("echo changed >/usr/share/new; cat /usr/share/new").Trim());
            Assert.Equal("kept", machine.Command("echo kept >/var/state; cat /var/state").Trim());

            string update = machine.Command("/usr/lib/systemd/systemd-sysupdate update 2>&1", TimeSpan.FromMinutes(4));
            Assert.Contains("Successfully installed update '2'", update, StringComparison.Ordinal);
            Assert.Equal("kiosk_1.efi\nkiosk_2+3-0.efi\n", machine.Command("ls -1 /efi/EFI/Linux"));
            GuestSession.PowerOff(machine);
        }

        using (Qemu machine = Start(disk, variables))
        {
            LogIn(machine, "2");
            Assert.Matches(@"^0 \d+ verity V", machine.Command("dmsetup status root"));
            Assert.Equal("kept", machine.Command("cat /var/state").Trim());
            Assert.Equal("gone", machine.Command("test -e /usr/share/new || echo gone").Trim());
            Assert.Equal("0", machine.Command("cat /usr/share/noise >/dev/null; echo $?").Trim());
            // It came up, so it is not counted any more.
            Assert.Equal("kiosk_1.efi\nkiosk_2.efi\n", machine.Command("systemctl is-active --wait boot-complete.target >/dev/null; systemctl start systemd-bless-boot; ls -1 /efi/EFI/Linux"));
            Assert.Contains("kiosk_1\nkiosk_1\nkiosk_2\nkiosk_2\n", machine.Command("lsblk -rno PARTLABEL /dev/vda | sort"), StringComparison.Ordinal);
            GuestSession.PowerOff(machine);
        }

        // The same program without its signature.
        using (HostFile signed = HostFile.Open(directory["v2/kiosk_2.efi"]))
            File.WriteAllBytes(directory["unsigned.efi"], Authenticode.Remove(Blob.FromFile(signed, 0, new FileInfo(directory["v2/kiosk_2.efi"]).Length)).ToArray());
        Tool.Check("mcopy", "-o", "-i", disk + "@@1M", directory["unsigned.efi"], "::/EFI/Linux/kiosk_2.efi");
        using (Qemu machine = Start(disk, variables))
            machine.Expect("(?i)kiosk_2.*(access denied|security violation)");
    }

    private static string Definition(int port) => $$"""
        name: kiosk
        seed: 6a0fd1e2-59f5-4c8e-9a51-b7dd0d4bdc02
        system:
          base:
            debian:
              suite: trixie
              packages: [systemd-sysv, dbus, udev, login, passwd, kmod, procps, iproute2]
          kernel: { package: linux-image-cloud-amd64, arguments: [console=ttyS0, no_timer_check, systemd.default_device_timeout_sec=600] }
          bootloader: { kind: systemd-boot, timeout: 0 }
          services: [systemd-networkd, { getty: ttyS0 }, { disable: systemd-sysupdate.timer }, { disable: systemd-networkd-wait-online }]
          files:
            - { target: /usr/share/noise, source: noise }
            - target: /etc/systemd/network/10-all.network
              text: "[Match]\nName=en*\n[Network]\nDHCP=yes\n"
            - target: /etc/systemd/system/serial-getty@ttyS0.service.d/login.conf
              text: "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root --noclear ttyS0 vt100\n"
        image:
          type: appliance
          secureBoot: { key: db.key, certificate: db.crt }
          appliance: { updates: { location: "http://10.0.2.2:{{port}}/", verify: no } }
        """;

    private static string Build(TempDirectory directory, string output, params string[] set)
    {
        LoadedDefinition loaded = DefinitionReader.Read(directory["kiosk.yaml"], new DefinitionOverrides { Set = [.. set] });
        ImageBuilder.Build(loaded, new BuildOptions { OutputPath = directory[output + "/"] });
        return directory[output];
    }

    /// <summary>Changes a bit of the only block on the disk that holds these bytes.</summary>
    private static void Damage(string disk, ReadOnlySpan<byte> content)
    {
        using FileStream file = File.Open(disk, FileMode.Open, FileAccess.ReadWrite);
        byte[] block = new byte[Block];
        for (long at = 0; at < file.Length; at += Block)
        {
            file.Position = at;
            file.ReadExactly(block);
            if (!content.SequenceEqual(block))
                continue;
            file.Position = at + 1000;
            file.WriteByte((byte)(block[1000] ^ 0x10));
            return;
        }

        Assert.Fail("the file's blocks are not on the disk as they are");
    }

    private static Qemu Start(string disk, string variables) => Qemu.Start(new QemuOptions
    {
        Firmware = QemuFirmware.UefiSecureBoot,
        Variables = variables,
        Disks = [new QemuDisk(disk, Writable: true)],
        Arguments = ["-netdev", "user,id=net0", "-device", "virtio-net-pci,netdev=net0,romfile="],
    });

    private static void LogIn(Qemu machine, string version)
    {
        machine.Expect(Prompt, GuestSession.BootLimit);
        machine.Command("stty -echo; PS1=; TERM=dumb");
        Assert.Equal("running", machine.Command("systemctl is-system-running --wait; systemctl --failed --no-legend --plain; true", GuestSession.BootLimit).Trim());
        Assert.Contains($"IMAGE_VERSION=\"{version}\"", machine.Command("cat /etc/os-release"), StringComparison.Ordinal);
    }

    /// <summary>Serves the files of a directory by HTTP, as any web server would.</summary>
    private sealed class Publisher : IDisposable
    {
        private readonly HttpListener _listener = new();

        internal Publisher(string directory)
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Port = ((IPEndPoint)free.LocalEndpoint).Port;
            }

            _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://*:{Port}/"));
            _listener.Start();
            _ = Task.Run(() => Serve(directory));
        }

        internal int Port { get; }

        public void Dispose() => _listener.Close();

        private void Serve(string directory)
        {
            while (_listener.IsListening)
            {
                try
                {
                    HttpListenerContext context = _listener.GetContext();
                    string path = Path.Combine(directory, Path.GetFileName(context.Request.Url!.AbsolutePath));
                    using HttpListenerResponse response = context.Response;
                    if (!File.Exists(path))
                    {
                        response.StatusCode = 404;
                        continue;
                    }

                    using FileStream file = File.OpenRead(path);
                    response.ContentLength64 = file.Length;
                    if (context.Request.HttpMethod != "HEAD")
                        file.CopyTo(response.OutputStream);
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
                {
                    // The test is over, or the guest wanted no more.
                }
            }
        }
    }
}
