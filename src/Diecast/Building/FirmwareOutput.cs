using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Firmware;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;
using Diecast.Planning;

namespace Diecast.Building;

/// <summary>The firmware's variables that go with an image, a function of their template, the disk and the keys.</summary>
internal static class FirmwareOutput
{
    /// <summary>Adds them to what is written, where the definition asks for them.</summary>
    /// <param name="set">The outputs.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="directory">Where the file goes: where the image goes.</param>
    /// <exception cref="BuildException">The disk has nothing that UEFI starts, or a certificate cannot be read.</exception>
    internal static void AddTo(OutputSet set, BuildPlan plan, string directory)
    {
        if (plan.Definition.Image.EfiVariables is not { } variables || plan.Image is not DiskImagePlan { Disk: { } disk })
            return;
        ImageFormat raw = DiskFormats.Find("raw")!;
        set.Add(
            Path.Combine(directory, FileName(plan.Definition, variables)),
            raw,
            ImageFormats.Values(raw, new DiskFormat { Name = raw.Name }),
            Make(plan.Definition, variables, disk),
            plan.DeriveId);
    }

    internal static string FileName(Definition definition, FirmwareVariables variables) =>
        variables.File ?? $"{definition.Image.Name ?? definition.Name}-efi-vars.fd";

    /// <summary>Whether firmware starts with Secure Boot on.</summary>
    internal static bool IsSecure(Image image, FirmwareVariables variables) =>
        variables.SecureBoot ?? (image.SecureBoot is not null || variables.PlatformKey is not null);

    private static Blob Make(Definition definition, FirmwareVariables variables, DiskPlan disk)
    {
        Image image = definition.Image;
        PartitionPlan esp = disk.Partitions.FirstOrDefault(partition => partition.Declared.Type == BootPlaces.EspType)
            ?? throw new BuildException("the image has no EFI system partition that a boot entry could name", "add one, or remove image.efiVariables");
        if (variables.Program is { } program && !FatFileSystem.Read(esp.Content).Walk().Any(entry => entry.Inode is FileInode && string.Equals(entry.Path, program, StringComparison.OrdinalIgnoreCase)))
        {
            throw new BuildException(
                $"the EFI system partition has no {program}, which image.efiVariables.program names", "correct it, leave it out for the program that is started from removable media, or add the file to the partition's contents");
        }

        byte[] template = File.ReadAllBytes(Path.Combine(definition.Directory, variables.Template));
        EfiVariableStore store = EfiVariableStore.Read(Blob.FromMemory(template))
            .WithBootEntry(0, new EfiBootEntry
            {
                Description = image.Name ?? definition.Name,
                Path = variables.Program,
                Partition = new EfiPartition(esp.Id, esp.Number, esp.Offset / disk.SectorSize, esp.Length / disk.SectorSize),
            })
            .WithBootOrder(0);
        if (!IsSecure(image, variables))
            return store.ToBlob();
        List<X509Certificate2> read = [];
        try
        {
            string own = image.SecureBoot?.Certificate ?? "";
            string platform = variables.PlatformKey ?? own;
            return store.WithSecureBoot(new SecureBootKeys
            {
                PlatformKey = Read(platform),
                KeyExchangeKeys = ReadAll(variables.KeyExchangeKeys, platform),
                Allowed = ReadAll(variables.Allowed, own.Length > 0 ? own : platform),
                Revoked = ReadAll(variables.Revoked, null),
            }).ToBlob();
        }
        finally
        {
            foreach (X509Certificate2 certificate in read)
                certificate.Dispose();
        }

        X509Certificate2[] ReadAll(ValueList<string> paths, string? otherwise) =>
            paths.Count > 0 ? [.. paths.Select(Read)] : otherwise is null ? [] : [Read(otherwise)];

        X509Certificate2 Read(string path)
        {
            try
            {
                X509Certificate2 certificate = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(definition.Directory, path)));
                read.Add(certificate);
                return certificate;
            }
            catch (CryptographicException exception)
            {
                throw new BuildException($"{path} is no certificate: {exception.Message}", "give a PEM file", null, exception);
            }
        }
    }
}
