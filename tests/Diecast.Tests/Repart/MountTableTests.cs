namespace Diecast.Tests.Repart;

public sealed class MountTableTests
{
    private const string Begin = "# Start section ↓ of automatically generated fstab by systemd-repart\n";
    private const string End = "# End section ↑ of automatically generated fstab by systemd-repart\n";

    /// <summary>The lines are those that systemd-repart 262 wrote for the same definitions.</summary>
    [Fact]
    public void An_fstab_has_the_lines_that_systemd_repart_writes()
    {
        using var directory = new TempDirectory();
        string source = Directory.CreateDirectory(directory["source"]).FullName;
        string definitions = RepartProgram.Define(
            directory,
            ("20-esp.conf", "Type=esp\nFormat=vfat\nMountPoint=/efi\nMountPoint=/boot:x=y\n"),
            ("30-home.conf", "Type=home\nFormat=ext4\nMountPoint=/m-home\n"),
            ("30-tmp.conf", "Type=tmp\nFormat=ext4\nMountPoint=/m-tmp\n"),
            ("30-usr.conf", "Type=usr\nFormat=ext4\nMountPoint=/m-usr\n"),
            ("30-var.conf", "Type=var\nFormat=ext4\nMountPoint=/m-var\n"),
            ("30-xbootldr.conf", "Type=xbootldr\nFormat=ext4\nMountPoint=/m-xbootldr\n"),
            ("35-root.conf", "Type=root-x86-64\nFormat=ext4\nCopyFiles=/\nMountPoint=/\n"));

        RepartProgram.Make(definitions, directory["image"], $"--copy-source={source}", "--generate-fstab=/fstab");

        string expected = Begin
            + "UUID=462A-A6AA /efi vfat fmask=0177,dmask=0077,rw,nodev,nosuid,noexec,nosymfollow 0 2\n"
            + "UUID=462A-A6AA /boot vfat fmask=0177,dmask=0077,rw,nodev,nosuid,noexec,nosymfollow,x=y 0 2\n"
            + "UUID=d04b3358-dbb5-40f9-861b-38674e47d3cd /m-home ext4 discard,rw,nodev,suid,exec 0 2\n"
            + "UUID=8fab9a12-e43d-4ab1-8abe-5beb11747eca /m-tmp ext4 discard,rw,nodev,nosuid,exec 0 2\n"
            + "UUID=5f1b9513-fa07-49d3-bdf3-372d7c2acdb5 /m-usr ext4 discard,rw,nodev,suid,exec 0 2\n"
            + "UUID=9424cbcf-136d-4b05-b8a6-04011bd67ec8 /m-var ext4 discard,rw,nodev,suid,exec 0 2\n"
            + "UUID=b5e1b45a-f42a-4fae-b447-38f55ac8a57b /m-xbootldr ext4 rw,nodev,nosuid,noexec,nosymfollow 0 2\n"
            + "UUID=70e624a3-caca-4b82-b656-2e7168b70ff1 / ext4 discard,rw,nodev,suid,exec 0 1\n"
            + End;
        Assert.Equal(expected, File.ReadAllText(Path.Combine(source, "fstab")));
        using var image = new RepartImage(directory["image"]);
        Assert.Equal(expected, Formats.FileSystems.Ext.ExtFileSystem.Read(image.Content(7)).ReadText("/fstab"));
    }

    [Theory]
    [InlineData("no", 1, "old\n")]
    [InlineData("auto", 0, null)]
    [InlineData("replace", 0, "")]
    public void One_that_is_there_is_kept_replaced_or_added_to(string mode, int exitCode, string? rest)
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "fstab", "old\n");
        string definitions = RepartProgram.Define(directory, ("a.conf", "Type=home\nFormat=ext4\nMountPoint=/home\n"));

        for (int run = 0; run < 2; run++)
        {
            RepartProgram.Result result = RepartProgram.Run(
                $"--definitions={definitions}", "--empty=force", "--dry-run=no", "--size=64M", $"--seed={RepartProgram.Seed}",
                $"--copy-source={directory["source"]}", "--generate-fstab=/fstab", $"--append-fstab={mode}", Touch(directory["image"]));
            Assert.Equal(exitCode, result.ExitCode);
        }

        string text = File.ReadAllText(Path.Combine(directory["source"], "fstab"));
        const string Line = "UUID=d04b3358-dbb5-40f9-861b-38674e47d3cd /home ext4 discard,rw,nodev,suid,exec 0 2\n";
        Assert.Equal(mode == "no" ? rest : Begin + Line + End + (rest ?? "old\n"), text);
    }

    private static string Touch(string path)
    {
        File.AppendAllText(path, "");
        return path;
    }
}
