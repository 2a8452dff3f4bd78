#!/usr/bin/env -S dotnet run
#:project ../src/Diecast.Cli/Diecast.Cli.csproj

// The server of debian-server.yaml as a C# program. It takes the same commands as diecast, without the file:
//
//     dotnet run examples/my-server.cs -- build
//     dotnet run examples/my-server.cs -- show
//
// Records are values: change one with `with`, share parts between systems, compute what you like.
using Diecast;

var server = new Definition
{
    Name = "my-server",
    System = new()
    {
        Base = new DebianBase { Suite = "trixie", Packages = ["openssh-server", "systemd-resolved", "systemd-timesyncd", "iproute2"] },
        HostName = "vignemale",
        Timezone = "Europe/Paris",
        Locale = "en_US.UTF-8",
        Kernel = new Kernel { Package = "linux-image-cloud-amd64", Arguments = ["console=ttyS0"] },
        Users =
        [
            new UserAccount
            {
                Name = "ada",
                Comment = "Ada Lovelace",
                Groups = ["sudo"],
                PasswordHash = "$y$j9T$2k1mWcJq0T1rCqGJxJ6Qf/$2cUtFbYc0sYyEPa7sYbOQw2D4QPVg2ZbZ3rkFfLcjN4",
            },
        ],
        Services = [new EnabledUnit("ssh"), new EnabledUnit("systemd-networkd"), new EnabledUnit("systemd-resolved"), new SerialGetty("ttyS0")],
        Files =
        [
            new SystemFile
            {
                Target = "/etc/systemd/network/80-dhcp.network",
                Text = "[Match]\nType=ether\n\n[Network]\nDHCP=yes\n",
            },
        ],
    },
    Image = new Image { Type = "disk", Format = DiskFormat.Qcow2 },
};

return await DiecastProgram.RunAsync(args, server);
