using InfluenceGen.Generators.Tests.Guest;
using Xunit;

namespace InfluenceGen.Tests.Package;

/// <summary>
/// Projects of the compile matrix built from the package, in one build, each without a warning: those whose settings only a build knows, such as
/// analyzers'. The others are compiled in memory; <c>GUEST_PROJECTS=all</c> in the environment builds them too, and those of hundreds of models.
/// </summary>
[Collection(Builds.Name)]
public sealed class GuestProjectsTests(BuiltPackage package)
{
    private const string Many = "Three hundred models";

    [Fact]
    public void Every_project_builds_from_the_package_without_a_warning()
    {
        var all = Environment.GetEnvironmentVariable("GUEST_PROJECTS") == "all";
        var projects = GuestProjects.All.Values.Where(project => all || (project.NeedsBuild && project.Name != Many)).ToList();
        Assert.NotEmpty(projects);
        using var folder = new TemporaryFolder();
        WriteShared(folder);
        for (var i = 0; i < projects.Count; i++)
        {
            Write(folder, $"Guest{i}", projects[i]);
        }

        var references = string.Concat(projects.Select((_, i) => $"""<ProjectReference Include="../Guest{i}/Guest{i}.csproj" ReferenceOutputAssembly="false" SkipGetTargetFrameworkProperties="true" />"""));
        Directory.CreateDirectory(folder["All"]);
        folder.Write("All/All.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>{references}</ItemGroup>
            </Project>
            """);
        var packages = ("NUGET_PACKAGES", folder["packages"]);
        Dotnet.Restore(folder["All"], [], packages);
        var build = Dotnet.Run(folder["All"], ["build", "--no-restore", "-c", "Release"], packages);

        // Who verifies references is told of csFastFloat, which Sep needs and which does not say that it can be compiled ahead of time.
        Assert.DoesNotContain(build.Split('\n'), line => line.Contains("warning ", StringComparison.Ordinal)
            && !(line.Contains("IL3058", StringComparison.Ordinal) && line.Contains("'csFastFloat'", StringComparison.Ordinal)));
    }

    private void WriteShared(TemporaryFolder folder)
    {
        folder.Write("Directory.Build.props", """
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <WarningLevel>9999</WarningLevel>
                <GenerateDocumentationFile>true</GenerateDocumentationFile>
              </PropertyGroup>
            </Project>
            """);
        folder.Write("NuGet.config", $"""
            <configuration>
              <packageSources><add key="just built" value="{package.Source}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{StrangersProjectTests.MachinePackages()}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    private void Write(TemporaryFolder folder, string name, GuestProject project)
    {
        var library = "";
        if (project.Library is { } source)
        {
            Directory.CreateDirectory(folder[name + "Library"]);
            folder.Write($"{name}Library/Library.cs", source);
            folder.Write($"{name}Library/{name}Library.csproj", ProjectFile(""));
            library = $"""<ProjectReference Include="../{name}Library/{name}Library.csproj" />""";
        }

        Directory.CreateDirectory(folder[name]);
        for (var file = 0; file < project.Sources.Length; file++)
        {
            folder.Write($"{name}/Source{file}.cs", project.Sources[file]);
        }

        folder.Write($"{name}/{name}.csproj", ProjectFile(library, project.Settings));
    }

    private string ProjectFile(string items, IReadOnlyDictionary<string, string>? settings = null) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            {string.Concat((settings ?? new Dictionary<string, string>()).Select(setting => $"<{setting.Key}>{setting.Value}</{setting.Key}>"))}
          </PropertyGroup>
          <ItemGroup><PackageReference Include="InfluenceGen" Version="[{package.Version}]" />{items}</ItemGroup>
        </Project>
        """;
}
