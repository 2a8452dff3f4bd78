#!/usr/bin/env -S dotnet run
#:project ../src/Diecast.Cli/Diecast.Cli.csproj
#:property PublishAot=false

// The server of debian-server.yaml as a C# program. It takes the same commands as diecast, without the file:
//
//     dotnet run examples/my-server.cs -- build
//     dotnet run examples/my-server.cs -- show
//
// Records are values: change one with `with`, share parts between systems, compute what you like.
using Diecast;

var server = new Definition
{
    Name = "vignemale",
    System = new()
    {
        Base = new DebianBase { Suite = "trixie", Packages = ["openssh-server", "sudo", "systemd-resolved", "iproute2"] },
        HostName = "vignemale",
        Timezone = "Europe/Paris",
        Locale = "en_US.UTF-8",
        Kernel = new Kernel { Package = "linux-image-cloud-amd64", Arguments = ["console=ttyS0"] },
        Bootloader = new BootloaderConfiguration { Kind = BootloaderKind.Grub },
        Users =
        [
            new UserAccount
            {
                Name = "ada",
                Comment = "Ada Lovelace",
                Groups = ["sudo"],
                SshKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM88qa8BfeWVKtr7gWZmxvW0GDIux5e+Rvz9p/Y9c1mx ada@example.org"],
                // The hash of "analytical"; make yours with mkpasswd.
                PasswordHash = "$6$diecast1815$OoBHB.Vl4hf2EP5G44yxnfE5EM56xC1yA7RK05kmsMLbcDXsgS5MxNtwjz8iz0IpmFkLXCLu3oO88pIUl46uR/",
            },
        ],
        Services = [new EnabledUnit("ssh"), new EnabledUnit("systemd-networkd"), new EnabledUnit("systemd-resolved"), new SerialGetty("ttyS0")],
        Files =
        [
            new SystemFile
            {
                Target = "/etc/systemd/network/80-dhcp.network",
                Text = "[Match]\nType=ether\n\n[Network]\nDHCP=yes\n",
                Mode = Convert.ToInt32("644", 8),
            },
            new SystemFile { Target = "/etc/resolv.conf", Link = "../run/systemd/resolve/stub-resolv.conf" },
        ],
    },
    Image = new Image { Type = "disk", Format = [DiskFormat.Qcow2], Size = new ImageSize(ByteSize.GiB(4)) },
};

return await DiecastProgram.RunAsync(args, server);
