using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>The systems, made once.</summary>
public sealed class StoreSystems : IDisposable
{
    private readonly TempDirectory _directory = new();
    private bool _isMade;

    internal string Top(string system)
    {
        Make();
        return File.ReadAllText(_directory["store/" + system]).Trim();
    }

    internal string Build(string system, string type, string bootloader = "{}")
    {
        BuildImage(system, type, bootloader);
        return _directory["system.img"];
    }

    /// <summary>An image without a root, with the closure in a protected partition.</summary>
    internal string BuildProtected(string system)
    {
        BuildImage($$"""
            name: mini
            system:
              base: { nix: { toplevel: {{Top(system)}}, store: { directory: store/nix/store, registration: store/registration } } }
            image:
              partitions:
                - { type: esp, fileSystem: vfat, mountPoint: /boot }
                - { type: usr, fileSystem: { type: erofs, compression: lz4 }, mountPoint: /usr, verity: { role: data, match: usr } }
                - { type: usr-verity, verity: { role: hash, match: usr } }
            """);
        return _directory["system.img"];
    }

    internal (string System, string Image) BuildGuix(string type)
    {
        Make();
        if (!Directory.Exists(_directory["guix"]))
            Tool.Check("sh", Checkout.PathOf("tests/Diecast.Boot.Tests/guix-system.sh"), _directory["guix"], _directory["root"]);
        string system = File.ReadAllText(_directory["guix/system"]);
        BuildImage($$"""
            name: mini
            system:
              base:
                guix:
                  paths: [{{system}}, {{File.ReadAllText(_directory["guix/grub"])}}]
                  store: { directory: guix/gnu/store, registration: guix/registration }
            image: { type: {{type}}, label: guix-root }
            """);
        return (system, _directory["system.img"]);
    }

    internal string? Digest(string system, string type) => BuildImage(system, type, "{}").Outputs[0].Sha256;

    public void Dispose()
    {
        // A store's directories may not be written to.
        Tool.Run("chmod", "-R", "u+w", _directory.Path);
        _directory.Dispose();
    }

    private BuildReport BuildImage(string system, string type, string bootloader) => BuildImage($$"""
        name: mini
        system:
          base: { nix: { paths: [{{Top(system)}}], store: { directory: store/nix/store, registration: store/registration } } }
          bootloader: {{bootloader}}
        image: { type: {{type}}, label: nixos }
        """);

    private BuildReport BuildImage(string definition)
    {
        File.WriteAllText(_directory["system.yaml"], definition);
        return ImageBuilder.Build(
            DefinitionReader.Read(_directory["system.yaml"], new DefinitionOverrides()), new BuildOptions { OutputPath = _directory["system.img"], CacheDirectory = _directory["cache"] });
    }

    private void Make()
    {
        if (_isMade)
            return;
        string root = Directory.CreateDirectory(_directory["root"]).FullName;
        SmallBase.Make(_directory["base.tar"], "amd64", "linux-image-cloud-amd64", "grub-common", "grub-pc-bin", "grub-efi-amd64-bin", "systemd-boot-efi", "cryptsetup-bin");
        Tool.Check("tar", "xf", _directory["base.tar"], "-C", root);
        Tool.Check("sh", Checkout.PathOf("tests/Diecast.Boot.Tests/nix-toplevel.sh"), Directory.CreateDirectory(_directory["store"]).FullName, root);
        _isMade = true;
    }
}

/// <summary>The tests of systems of stores; they need no example server.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StoreSystemCollection
{
    public const string Name = "systems of stores";
}
