using Diecast.Systems;

namespace Diecast.Tests.Systems;

public class RequirementTests
{
    [Fact]
    public void A_plain_system_needs_nothing()
    {
        SystemRequirements needs = SystemRequirements.Of(DebianTree.System());

        Assert.Empty(needs.Packages);
        Assert.Empty(needs.DebconfSelections);
        Assert.Empty(needs.Environment);
    }

    [Fact]
    public void Each_declaration_brings_its_packages_and_answers()
    {
        SystemRequirements needs = SystemRequirements.Of(DebianTree.System() with
        {
            Timezone = "Europe/Paris",
            Locale = "sr_RS.UTF-8@latin",
            Keyboard = new Keyboard { Layout = "fr", Variant = "oss" },
            Users = [new UserAccount { Name = "ada", Groups = ["sudo"] }],
            Kernel = new Kernel { Package = "linux-image-amd64" },
        });

        Assert.Equal(
            ["console-setup", "dbus", "keyboard-configuration", "kmod", "linux-image-amd64", "locales", "login", "passwd", "sudo", "systemd-sysv", "tzdata", "udev"],
            needs.Packages);
        Assert.Equal(
            [
                "locales locales/locales_to_be_generated multiselect sr_RS.UTF-8@latin UTF-8",
                "locales locales/default_environment_locale select sr_RS.UTF-8@latin",
                "keyboard-configuration keyboard-configuration/layoutcode string fr",
                "keyboard-configuration keyboard-configuration/variantcode string oss",
                "keyboard-configuration keyboard-configuration/modelcode string pc105",
                "keyboard-configuration keyboard-configuration/optionscode string",
            ],
            needs.DebconfSelections);
        Assert.Equal([KeyValuePair.Create("INITRD", "No")], needs.Environment);
    }

    [Theory]
    [InlineData("C.UTF-8", 0)]
    [InlineData("C.utf8", 0)]
    [InlineData("C", 0)]
    [InlineData("POSIX", 0)]
    [InlineData("en_US.UTF-8", 1)]
    public void Locales_of_the_c_library_need_no_package(string locale, int packages) =>
        Assert.Equal(packages, SystemRequirements.Of(DebianTree.System() with { Locale = locale }).Packages.Count);

    [Fact]
    public void The_distributions_initrd_needs_its_maker()
    {
        SystemRequirements needs = SystemRequirements.Of(DebianTree.System() with
        {
            Kernel = new Kernel(),
            Initrd = new Initrd { Kind = InitrdKind.Distribution },
        });

        Assert.Contains("initramfs-tools", needs.Packages);
        Assert.Empty(needs.Environment);
    }

    [Theory]
    [InlineData("de_DE", "the locale de_DE has no character set in its name; write de_DE.UTF-8")]
    [InlineData("de_DE.UTF-8\nx", "'de_DE.UTF-8\nx' cannot be a locale; ")]
    public void A_locale_that_cannot_be_generated_is_an_error(string locale, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<SystemConfigurationException>(() => SystemRequirements.Of(DebianTree.System() with { Locale = locale })).Message);
}
